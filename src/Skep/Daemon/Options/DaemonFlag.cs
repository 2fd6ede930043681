namespace Skep.Daemon.Options;

/// <summary>What a flag's value is made of, on the command line and in the configuration file.</summary>
public enum FlagKind
{
    /// <summary>true or false; the flag alone says true.</summary>
    Bool,

    /// <summary>One value; the last one given counts.</summary>
    Text,

    /// <summary>One whole number.</summary>
    Number,

    /// <summary>May be given many times; an array in the file.</summary>
    List,

    /// <summary>key=value, many times; an object in the file, which the conflict check takes as one.</summary>
    Map,

    /// <summary>base=CIDR,size=BITS, many times; an array of objects in the file.</summary>
    Pools,

    /// <summary>name=soft[:hard], many times; an object of objects in the file.</summary>
    Ulimits,

    /// <summary>name=path, many times; an object of objects in the file.</summary>
    Runtimes,
}

/// <summary>One setting of the daemon, as dockerd names it.</summary>
/// <param name="Name">The flag, without its dashes.</param>
/// <param name="Help">One line for --help.</param>
public sealed record DaemonFlag(string Name, FlagKind Kind, string Help)
{
    /// <summary>One-letter flag; null: none.</summary>
    public string? Short { get; init; }

    /// <summary>Another name that the flag may have on the command line and in the file; null: none.</summary>
    public string? Alias { get; init; }

    /// <summary>The flag's name in the configuration file. Docker uses the plural for lists.</summary>
    public string Key { get; init; } = Name;

    /// <summary>Why the flag changes nothing here: said once in the log when it is set. Null: it is honoured.</summary>
    public string? WithoutEffect { get; init; }

    /// <summary>Whether it belongs to the command line, and the file may not have it.</summary>
    public bool IsFlagOnly { get; init; }

    /// <summary>Whether the file's value and the flag's are put together instead of refused.</summary>
    public bool IsMerged { get; init; }

    public bool IsRepeatable => Kind is not (FlagKind.Bool or FlagKind.Text or FlagKind.Number);
}
