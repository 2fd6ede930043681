using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Skep.Linux.Netlink;

/// <content>Rules that choose a table, and what the kernel would do with a packet.</content>
public sealed partial class RouteSocket
{
    private const int RuleHeaderBytes = 12;

    /// <summary>Rules that choose a table by source address, mark or protocol.</summary>
    public IReadOnlyList<PolicyRule> ListRules() => ListAll(Rtm.GetRule, RuleHeaderBytes, "list rules", ReadRule);

    /// <summary>The address that a call from here to a destination would come from.</summary>
    /// <returns>Null: there is no way to it.</returns>
    public IPAddress? FindSourceTo(IPAddress destination)
    {
        bool isIPv4 = destination.AddressFamily == AddressFamily.InterNetwork;
        var request = new NetlinkBatch();
        request.Message(Rtm.GetRoute, NetlinkFlags.Request | NetlinkFlags.Ack, $"find the way to {destination}")
            .U8(isIPv4 ? Rtm.FamilyIPv4 : Rtm.FamilyIPv6).U8((byte)(isIPv4 ? 32 : 128)).U8(0).U8(0)
            .U8(0).U8(0).U8(0).U8(0).U32(0)
            .Address(Rta.Destination, destination);
        IPAddress? source = null;
        try
        {
            socket.Dump(request, (_, payload) =>
            {
                var attributes = new AttributeReader(
                    payload.Length < RouteHeaderBytes ? [] : payload[RouteHeaderBytes..]);
                while (attributes.Next())
                {
                    source = attributes.Type == Rta.PreferredSource ? attributes.Address : source;
                }
            });
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENETUNREACH or Errno.EHOSTUNREACH)
        {
            return null;
        }

        return source;
    }

    /// <summary>
    /// struct fib_rule_hdr: family u8, destination bits, source bits, tos, table, 2 reserved, action: u8, flags u32.
    /// </summary>
    private static PolicyRule? ReadRule(ReadOnlySpan<byte> payload)
    {
        byte family = payload[0];
        uint priority = 0, table = payload[4], mark = 0;
        byte protocol = 0;
        IPAddress? from = null;
        var attributes = new AttributeReader(payload[RuleHeaderBytes..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case Fra.Priority:
                    priority = attributes.U32;
                    break;
                case Fra.Table:
                    table = attributes.U32;
                    break;
                case Fra.Mark:
                    mark = attributes.U32;
                    break;
                case Fra.Protocol:
                    protocol = attributes.Value[0];
                    break;
                case Fra.Source:
                    from = attributes.Address;
                    break;
                default:
                    break;
            }
        }

        return family is Rtm.FamilyIPv4 or Rtm.FamilyIPv6
            ? new PolicyRule(family == Rtm.FamilyIPv4, priority, table, from, mark) { Protocol = protocol }
            : null;
    }
}
