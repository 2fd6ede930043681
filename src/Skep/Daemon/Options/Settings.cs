using System.Collections.Immutable;
using Skep.Swarm;

namespace Skep.Daemon.Options;

/// <summary>What was set, by flag or in the file, as text: the flag's own form, whatever the file's was.</summary>
/// <remarks>A repeatable flag may have many values, any other has one. What was not set is not in it.</remarks>
public sealed class Settings
{
    private readonly ImmutableDictionary<string, ImmutableArray<string>> values;

    private Settings(ImmutableDictionary<string, ImmutableArray<string>> values) => this.values = values;

    /// <summary>Puts flags and file together. Nothing may be set in both: who knows which should win?</summary>
    public static Settings Merge(
        IReadOnlyDictionary<DaemonFlag, ImmutableArray<string>> fromFlags,
        IReadOnlyDictionary<DaemonFlag, ImmutableArray<string>> fromFile)
    {
        string[] conflicts =
        [
            .. from flag in DaemonFlags.All
               where !flag.IsMerged && fromFlags.ContainsKey(flag) && fromFile.ContainsKey(flag)
               select $"{flag.Key}: (from flag: {Show(fromFlags[flag])}, from file: {Show(fromFile[flag])})",
        ];
        if (conflicts.Length > 0)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                "the following directives are specified both as a flag and in the configuration file: "
                + string.Join(", ", conflicts));
        }

        var all = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>();
        foreach ((DaemonFlag flag, ImmutableArray<string> given) in fromFile.Concat(fromFlags))
        {
            bool isInBoth = all.TryGetValue(flag.Name, out ImmutableArray<string> before);
            all[flag.Name] = isInBoth ? [.. before, .. given] : given;
        }

        return new Settings(all.ToImmutable());
    }

    /// <summary>Whether it was set at all, be it to its default.</summary>
    public bool IsSet(string flag) => values.ContainsKey(Known(flag));

    /// <summary>The value; null when it was not set, or set to nothing.</summary>
    public string? Text(string flag) =>
        values.TryGetValue(Known(flag), out ImmutableArray<string> given) && given[^1].Length > 0 ? given[^1] : null;

    public ImmutableArray<string> List(string flag) =>
        values.TryGetValue(Known(flag), out ImmutableArray<string> given) ? given : [];

    public bool Bool(string flag, bool otherwise) => Text(flag) switch
    {
        null => otherwise,
        "true" or "1" or "t" or "T" or "TRUE" or "True" => true,
        "false" or "0" or "f" or "F" or "FALSE" or "False" => false,
        var text => throw Wrong(flag, text, "true or false"),
    };

    public int? Number(string flag)
    {
        if (Text(flag) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, out int number) ? number : throw Wrong(flag, text, "a whole number");
    }

    /// <summary>key=value entries; a key that is given twice has its last value.</summary>
    public ImmutableSortedDictionary<string, string> Map(string flag)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string entry in List(flag))
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw Wrong(flag, entry, "key=value");
            }

            map[entry[..equals]] = entry[(equals + 1)..];
        }

        return map.ToImmutable();
    }

    /// <summary>The flags that were set and change nothing here.</summary>
    public IEnumerable<DaemonFlag> WithoutEffect() =>
        DaemonFlags.All.Where(flag => flag.WithoutEffect is not null && values.ContainsKey(flag.Name));

    public static RefusedException Wrong(string flag, string value, string wanted) =>
        new(ErrorKind.Invalid, $"invalid argument \"{value}\" for \"--{flag}\": it must be {wanted}");

    private static string Show(ImmutableArray<string> given) =>
        given.Length == 1 ? given[0] : $"[{string.Join(' ', given)}]";

    // A misspelt name in our own code would read as "not set" for ever.
    private static string Known(string flag)
    {
        Invariant.Holds(DaemonFlags.All.Any(known => known.Name == flag));
        return flag;
    }
}
