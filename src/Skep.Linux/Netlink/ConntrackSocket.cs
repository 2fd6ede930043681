using System.Buffers.Binary;
using System.Net;

namespace Skep.Linux.Netlink;

/// <summary>Which tracked connections are meant: the protocol, and all of those given.</summary>
/// <param name="ToPort">Port that the caller called; null: any.</param>
/// <param name="Answering">Address that really answers, after translation; null: any.</param>
public readonly record struct ConntrackFilter(bool IsIPv4, byte Protocol, int? ToPort, IPAddress? Answering);

/// <summary>The kernel's table of tracked connections, in the namespace of the thread that opens this.</summary>
/// <remarks>
/// Flows of UDP have no end: as long as a caller goes on, his packets go where the first one went. So entries must be
/// removed when a published port comes or goes. Not thread-safe.
/// </remarks>
public sealed class ConntrackSocket : IDisposable
{
    private const ushort GetConnection = (1 << 8) | 1, DeleteConnection = (1 << 8) | 2;
    private const ushort TupleOriginal = 1, TupleReply = 2, TupleAddresses = 1, TupleProtocol = 2;
    private const ushort SourceIPv4 = 1, SourceIPv6 = 3, ProtocolNumber = 1, DestinationPort = 3;
    private const byte FamilyIPv4 = 2, FamilyIPv6 = 10;

    private readonly NetlinkSocket socket = new(NetlinkSocket.Netfilter);

    public void Remove(ConntrackFilter filter) =>
        Remove(filter.IsIPv4, original => Matches(original, filter));

    /// <summary>Removes all connections of a protocol that one of these addresses really answers.</summary>
    public void RemoveAnsweredBy(bool isIPv4, byte protocol, IReadOnlySet<IPAddress> answering) =>
        Remove(isIPv4, payload => MatchesAny(payload, protocol, answering));

    /// <summary>Tracked connections of this namespace. Cheap, unlike a list of them.</summary>
    public int Count()
    {
        const ushort getTotals = (1 << 8) | 5, entries = 1;
        var request = new NetlinkBatch();
        request.Message(getTotals, NetlinkFlags.Request | NetlinkFlags.Ack, "count tracked connections")
            .U8(0).U8(0).U16(0);
        int count = 0;
        socket.Dump(request, (_, payload) =>
        {
            var attributes = new AttributeReader(payload.Length < 4 ? [] : payload[4..]);
            while (attributes.Next())
            {
                count = attributes.Type == entries ? BinaryPrimitives.ReadInt32BigEndian(attributes.Value) : count;
            }
        });
        return count;
    }

    private delegate byte[]? Match(ReadOnlySpan<byte> payload);

    private void Remove(bool isIPv4, Match match)
    {
        byte family = isIPv4 ? FamilyIPv4 : FamilyIPv6;
        var request = new NetlinkBatch();
        request.Message(GetConnection, NetlinkFlags.Request | NetlinkFlags.Dump, "list tracked connections")
            .U8(family).U8(0).U16(0);
        var found = new List<byte[]>();
        socket.Dump(request, (_, payload) =>
        {
            if (payload.Length >= 4 && match(payload[4..]) is { } original)
            {
                found.Add(original);
            }
        });
        foreach (byte[] original in found)
        {
            var removal = new NetlinkBatch();
            removal.Message(DeleteConnection, NetlinkFlags.Request | NetlinkFlags.Ack, "remove a tracked connection")
                .U8(family).U8(0).U16(0)
                .Attribute(TupleOriginal | 0x8000, original);
            try
            {
                socket.Apply(removal);
            }
            catch (ErrnoException e) when (e.Errno == Errno.ENOENT)
            {
                // It ended by itself in between.
            }
        }
    }

    public void Dispose() => socket.Dispose();

    /// <returns>The original direction's tuple, which names the entry; null: it does not match.</returns>
    private static byte[]? Matches(ReadOnlySpan<byte> payload, ConntrackFilter filter)
    {
        byte[]? original = null;
        bool isMeant = true;
        var attributes = new AttributeReader(payload);
        while (attributes.Next())
        {
            if (attributes.Type == TupleOriginal)
            {
                original = attributes.Value.ToArray();
                (byte protocol, int port, _) = ReadTuple(attributes.Value);
                isMeant &= protocol == filter.Protocol && (filter.ToPort is null || filter.ToPort == port);
            }
            else if (attributes.Type == TupleReply && filter.Answering is not null)
            {
                isMeant &= filter.Answering.Equals(ReadTuple(attributes.Value).Source);
            }
        }

        return isMeant ? original : null;
    }

    private static byte[]? MatchesAny(ReadOnlySpan<byte> payload, byte protocol, IReadOnlySet<IPAddress> answering)
    {
        byte[]? original = null;
        bool isMeant = false;
        var attributes = new AttributeReader(payload);
        while (attributes.Next())
        {
            if (attributes.Type == TupleOriginal)
            {
                original = attributes.Value.ToArray();
            }
            else if (attributes.Type == TupleReply)
            {
                (byte found, _, IPAddress? source) = ReadTuple(attributes.Value);
                isMeant = found == protocol && source is not null && answering.Contains(source);
            }
        }

        return isMeant ? original : null;
    }

    private static (byte Protocol, int ToPort, IPAddress? Source) ReadTuple(ReadOnlySpan<byte> tuple)
    {
        byte protocol = 0;
        int port = 0;
        IPAddress? source = null;
        var parts = new AttributeReader(tuple);
        while (parts.Next())
        {
            var inner = new AttributeReader(parts.Value);
            while (inner.Next())
            {
                switch (parts.Type, inner.Type)
                {
                    case (TupleAddresses, SourceIPv4 or SourceIPv6):
                        source = inner.Address;
                        break;
                    case (TupleProtocol, ProtocolNumber):
                        protocol = inner.Value[0];
                        break;
                    case (TupleProtocol, DestinationPort):
                        port = inner.BeU16;
                        break;
                    default:
                        break;
                }
            }
        }

        return (protocol, port, source);
    }
}
