using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Skep.Agent.Names;

/// <summary>Writes answers of our own. Pure.</summary>
/// <remarks>
/// Record: name (a pointer to the question), type u16, class u16, seconds to live u32, length u16, data. RFC 1035
/// 4.1.3.
/// </remarks>
public static class DnsReply
{
    private const ushort IsAnswer = 0x8000, IsTruncated = 0x0200, WantsRecursion = 0x0100, HasRecursion = 0x0080;
    private const ushort PointerToQuestion = 0xc000 | DnsQuery.HeaderBytes;
    private const int OptionsBytes = 11;

    public static byte[] Error(DnsQuery query, ReadOnlySpan<byte> message, DnsCode code) =>
        Write(query, message, code, [], DnsLimits.PlainUdpBytes);

    /// <param name="bytesMax">What does not fit is left out, and the caller told so.</param>
    public static byte[] Addresses(
        DnsQuery query, ReadOnlySpan<byte> message, IReadOnlyList<IPAddress> addresses, int bytesMax)
    {
        AddressFamily family = query.Type == DnsType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        byte[][] data = query.Type is DnsType.A or DnsType.Aaaa
            ? [.. addresses.Where(a => a.AddressFamily == family).Select(a => a.GetAddressBytes())]
            : [];

        // Callers take the first address: turning the list spreads them, and the id is as good as chance.
        int turn = data.Length == 0 ? 0 : query.Id % data.Length;
        return Write(query, message, DnsCode.Ok, [.. data[turn..], .. data[..turn]], bytesMax);
    }

    public static byte[] Name(DnsQuery query, ReadOnlySpan<byte> message, string name, int bytesMax)
    {
        var data = new List<byte>();
        foreach (string label in name.Split('.'))
        {
            data.Add((byte)label.Length);
            data.AddRange(Encoding.ASCII.GetBytes(label));
        }

        data.Add(0);
        return Write(query, message, DnsCode.Ok, [[.. data]], bytesMax);
    }

    private static byte[] Write(
        DnsQuery query, ReadOnlySpan<byte> message, DnsCode code, IReadOnlyList<byte[]> data, int bytesMax)
    {
        int room = bytesMax - query.QuestionEnd - (query.HasOptions ? OptionsBytes : 0);
        int count = 0, length = 0;
        foreach (byte[] one in data)
        {
            if (length + 12 + one.Length > room)
            {
                break;
            }

            count++;
            length += 12 + one.Length;
        }

        var reply = new byte[query.QuestionEnd + length + (query.HasOptions ? OptionsBytes : 0)];
        message[..query.QuestionEnd].CopyTo(reply);
        int flags = IsAnswer | HasRecursion | (byte)code
            | (query.WantsRecursion ? WantsRecursion : 0) | (count < data.Count ? IsTruncated : 0);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(2), (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(
            reply.AsSpan(4), (ushort)(query.QuestionEnd > DnsQuery.HeaderBytes ? 1 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(6), (ushort)count);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(8), 0);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(10), (ushort)(query.HasOptions ? 1 : 0));
        Span<byte> rest = reply.AsSpan(query.QuestionEnd);
        for (int i = 0; i < count; i++)
        {
            rest = WriteRecord(rest, query.Type, data[i]);
        }

        if (query.HasOptions)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)DnsType.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(rest[3..], DnsLimits.QueryBytes);
        }

        return reply;
    }

    private static Span<byte> WriteRecord(Span<byte> at, DnsType type, byte[] data)
    {
        BinaryPrimitives.WriteUInt16BigEndian(at, PointerToQuestion);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(at[4..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(at[6..], DnsLimits.TimeToLiveSeconds);
        BinaryPrimitives.WriteUInt16BigEndian(at[10..], (ushort)data.Length);
        data.CopyTo(at[12..]);
        return at[(12 + data.Length)..];
    }
}
