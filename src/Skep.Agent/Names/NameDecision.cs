using System.Net;
using System.Net.Sockets;

namespace Skep.Agent.Names;

/// <summary>
/// What is to be done about a question: exactly one of the two, or neither if it deserves no answer. Pure.
/// </summary>
/// <param name="Reply">To be sent at once.</param>
/// <param name="Forward">To be asked outside.</param>
public readonly record struct NameDecision(byte[]? Reply, DnsQuery? Forward)
{
    /// <param name="isTcp">Then an answer may be long.</param>
    public static NameDecision Decide(ReadOnlySpan<byte> message, NameZone zone, bool isTcp)
    {
        DnsCode code = DnsQuery.Read(message, out DnsQuery? query);
        if (query is null)
        {
            return default;
        }

        if (code != DnsCode.Ok)
        {
            return new NameDecision(DnsReply.Error(query, message, code), null);
        }

        int bytesMax = isTcp ? DnsLimits.MessageBytes : Math.Min(query.UdpBytes, DnsLimits.QueryBytes);
        if (query.IsInternetClass && Own(query, message, zone, bytesMax) is { } own)
        {
            return new NameDecision(own, null);
        }

        return zone.Upstreams.Count > 0
            ? new NameDecision(null, query)
            : new NameDecision(DnsReply.Error(query, message, DnsCode.ServerFailure), null);
    }

    /// <summary>Null: the question is not about us.</summary>
    private static byte[]? Own(DnsQuery query, ReadOnlySpan<byte> message, NameZone zone, int bytesMax)
    {
        if (query.Type == DnsType.Ptr)
        {
            return query.ReverseAddress() is { } address && zone.FindName(address) is { } name
                ? DnsReply.Name(query, message, name, bytesMax)
                : null;
        }

        // Whatever the type: a name of ours is ours, and what it does not have is answered with nothing, not outside.
        IReadOnlyList<IPAddress>? found = zone.Find(
            query.Name, query.Type == DnsType.Aaaa ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        bool isKept = zone.KeepsSingleLabels && query.Type is (DnsType.A or DnsType.Aaaa) && !query.Name.Contains('.');
        return found is not null || isKept ? DnsReply.Addresses(query, message, found ?? [], bytesMax) : null;
    }
}
