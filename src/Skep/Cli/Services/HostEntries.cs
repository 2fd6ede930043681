namespace Skep.Cli.Services;

/// <summary>--host "name:address", which a spec keeps as /etc/hosts does: "address name [alias ...]".</summary>
internal static class HostEntries
{
    /// <param name="flag">Checked and in its normal form.</param>
    public static string Entry(string flag)
    {
        int colon = flag.IndexOf(':');
        return $"{flag[(colon + 1)..]} {flag[..colon]}";
    }

    /// <param name="removed">"name" takes it from every address, "name:address" from that one.</param>
    public static IReadOnlyList<string>? Changed(
        IEnumerable<string>? before, IEnumerable<string> added, IReadOnlyList<string> removed)
    {
        var entries = new List<string>();
        foreach (string[] parts in (before ?? []).Select(entry => entry.Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(parts => parts.Length > 0))
        {
            List<string> names = [.. parts.Skip(1).Where(name => !removed.Any(pair => Matches(pair, name, parts[0])))];
            entries.AddRange(names.Count > 0 ? [$"{parts[0]} {string.Join(' ', names)}"] : []);
        }

        return Lists.OrNull<string>([.. entries.Concat(added.Select(Entry)).Distinct()]);
    }

    private static bool Matches(string removed, string name, string address)
    {
        int colon = removed.IndexOf(':');
        return colon < 0
            ? removed == name
            : removed[..colon] == name && (colon == removed.Length - 1 || removed[(colon + 1)..] == address);
    }
}
