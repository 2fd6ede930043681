using Skep.Cli.Creation;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--ulimit: one limit for each name, in the order of the names.</summary>
internal static class ServiceUlimits
{
    public static IReadOnlyList<Ulimit>? Of(IEnumerable<string> flags) => Changed(null, flags, []);

    /// <param name="removed">Names; a value after "=" is not looked at.</param>
    public static IReadOnlyList<Ulimit>? Changed(
        IReadOnlyList<Ulimit>? before, IEnumerable<string> added, IEnumerable<string> removed)
    {
        HashSet<string> gone = [.. removed.Select(text => text.Split('=')[0])];
        return Lists.OrNull<Ulimit>([.. (before ?? []).Where(limit => !gone.Contains(limit.Name))
            .Concat(added.Select(UlimitFlag.Parse))
            .GroupBy(limit => limit.Name).Select(same => same.Last())
            .OrderBy(limit => limit.Name, StringComparer.Ordinal)]);
    }
}
