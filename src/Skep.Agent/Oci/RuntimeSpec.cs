namespace Skep.Agent.Oci;

/// <summary>What runc is told of a container: config.json of the OCI runtime specification.</summary>
/// <remarks>Only the members that Skep sets; null is left out. https://github.com/opencontainers/runtime-spec</remarks>
public sealed record RuntimeSpec
{
    public string OciVersion { get; init; } = "1.0.2";
    public required ProcessSpec Process { get; init; }
    public required RootSpec Root { get; init; }
    public string? Hostname { get; init; }
    public required IReadOnlyList<MountSpec> Mounts { get; init; }
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
    public required LinuxSpec Linux { get; init; }
}

/// <summary>A process of a container: its first one, or one of an exec.</summary>
public sealed record ProcessSpec
{
    public bool Terminal { get; init; }
    public BoxSpec? ConsoleSize { get; init; }
    public required UserSpec User { get; init; }
    public required IReadOnlyList<string> Args { get; init; }
    public required IReadOnlyList<string> Env { get; init; }
    public required string Cwd { get; init; }
    public CapabilitiesSpec? Capabilities { get; init; }
    public IReadOnlyList<RlimitSpec>? Rlimits { get; init; }
    public bool NoNewPrivileges { get; init; }
    public string? ApparmorProfile { get; init; }
    public int? OomScoreAdj { get; init; }
}

/// <summary>A terminal's size in characters.</summary>
public sealed record BoxSpec(uint Height, uint Width);

public sealed record UserSpec
{
    public required uint Uid { get; init; }
    public required uint Gid { get; init; }
    public uint? Umask { get; init; }
    public IReadOnlyList<uint>? AdditionalGids { get; init; }
}

/// <summary>Inheritable and ambient stay empty, always: they were CVE-2022-24769 and CVE-2022-29162.</summary>
public sealed record CapabilitiesSpec
{
    public required IReadOnlyList<string> Bounding { get; init; }
    public required IReadOnlyList<string> Effective { get; init; }
    public required IReadOnlyList<string> Permitted { get; init; }
}

/// <param name="Type">"RLIMIT_NOFILE".</param>
public sealed record RlimitSpec(string Type, ulong Hard, ulong Soft);

public sealed record RootSpec(string Path, bool Readonly);

public sealed record MountSpec(string Destination, string Type, string Source, IReadOnlyList<string> Options);
