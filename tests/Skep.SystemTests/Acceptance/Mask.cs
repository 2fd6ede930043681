using System.Text.RegularExpressions;

namespace Skep.SystemTests.Acceptance;

/// <summary>
/// Takes out of an output what differs from run to run: ids, times, addresses, free ports, column widths.
/// </summary>
internal static partial class Mask
{
    public static string Apply(string text, string hostFolder)
    {
        text = text.Replace(hostFolder, "<host>", StringComparison.Ordinal).Replace("\r\n", "\n");
        text = Certificate().Replace(text, "<certificate>");
        text = JoinToken().Replace(text, "<token>");
        text = UnlockKey().Replace(text, "<key>");
        text = SwarmId().Replace(text, "<id>");
        text = LongId().Replace(text, "<id>");
        text = ShortId().Replace(text, "<id>");
        text = ShortSwarmId().Replace(text, "<id>");
        text = Instant().Replace(text, "<time>");
        text = Age().Replace(text, "<age>");
        text = Mac().Replace(text, "<mac>");
        text = Address().Replace(text, match => IsFixed(match.Value) ? match.Value : "<ip>");
        text = FreePort().Replace(text, "<port>");
        text = VersionIndex().Replace(text, "\"Index\": <index>");
        return Blanks().Replace(text, "  ");
    }

    private static bool IsFixed(string address) =>
        address is "0.0.0.0" || address.StartsWith("127.", StringComparison.Ordinal)
        || address.StartsWith("10.77.", StringComparison.Ordinal);

    [GeneratedRegex(@"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")]
    private static partial Regex Certificate();

    [GeneratedRegex(@"\bSWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}\b")]
    private static partial Regex JoinToken();

    [GeneratedRegex(@"\bSWMKEY-1-[A-Za-z0-9+/]{43}")]
    private static partial Regex UnlockKey();

    /// <summary>Of nodes, secrets and whatever else a swarm keeps.</summary>
    [GeneratedRegex(@"\b[0-9a-z]{25}\b")]
    private static partial Regex SwarmId();

    [GeneratedRegex(@"\b[0-9a-f]{64}\b")]
    private static partial Regex LongId();

    [GeneratedRegex(@"\b[0-9a-f]{12}\b")]
    private static partial Regex ShortId();

    /// <summary>Of services and tasks: in the first column of a table, alone in a line, and in JSON.</summary>
    [GeneratedRegex(@"(^|(?<=""ID"":""))[0-9a-z]{12}(?=  |""|$)", RegexOptions.Multiline)]
    private static partial Regex ShortSwarmId();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?[+-]\d\d:?\d\d( [A-Z]{3,4})?)?")]
    private static partial Regex Instant();

    [GeneratedRegex(@"([Ll]ess than a second|[Aa]bout an? \w+|\d+ (second|minute|hour|day|week|month|year)s?)( ago)?")]
    private static partial Regex Age();

    [GeneratedRegex(@"\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b")]
    private static partial Regex Mac();

    [GeneratedRegex(@"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b")]
    private static partial Regex Address();

    /// <summary>What the kernel and dockerd 20.10 take for free ports: 32768 to 60999.</summary>
    [GeneratedRegex(@"(?<=:)(3[2-9]|[45]\d)\d{3}\b")]
    private static partial Regex FreePort();

    /// <summary>Of a swarm's object: it counts whatever else the managers wrote meanwhile.</summary>
    [GeneratedRegex(@"""Index"": ?\d+")]
    private static partial Regex VersionIndex();

    [GeneratedRegex(@"(?<=\S) {2,}")]
    private static partial Regex Blanks();
}
