using System.Text.Json.Serialization;

namespace Skep.Agent.Oci;

/// <summary>
/// A system call profile as Docker's users write it: rules that depend on the machine and the container.
/// </summary>
/// <remarks><see cref="SeccompFilter"/> turns it into the <see cref="SeccompSpec"/> of one container.</remarks>
public sealed record SeccompProfile
{
    public string DefaultAction { get; init => field = value ?? ""; } = "";
    public uint? DefaultErrnoRet { get; init; }
    public IReadOnlyList<string>? Architectures { get; init; }
    public IReadOnlyList<ArchitectureFamily>? ArchMap { get; init; }
    public IReadOnlyList<string>? Flags { get; init; }
    public string? ListenerPath { get; init; }
    public string? ListenerMetadata { get; init; }
    public IReadOnlyList<ProfileRule>? Syscalls { get; init; }
}

/// <summary>An architecture and those whose programs its kernel also runs.</summary>
public sealed record ArchitectureFamily
{
    public string Architecture { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? SubArchitectures { get; init; }
}

public sealed record ProfileRule
{
    /// <summary>The old form, for one call.</summary>
    public string? Name { get; init; }

    public IReadOnlyList<string>? Names { get; init; }
    public string Action { get; init => field = value ?? ""; } = "";
    public uint? ErrnoRet { get; init; }
    public IReadOnlyList<ProfileArgument>? Args { get; init; }
    public string? Comment { get; init; }

    /// <summary>The rule counts only where all of these hold.</summary>
    public RuleCondition? Includes { get; init; }

    /// <summary>The rule does not count where one of these holds.</summary>
    public RuleCondition? Excludes { get; init; }
}

public sealed record ProfileArgument
{
    public uint Index { get; init; }
    public ulong Value { get; init; }
    public ulong ValueTwo { get; init; }
    public string Op { get; init => field = value ?? ""; } = "";
}

public sealed record RuleCondition
{
    public IReadOnlyList<string>? Caps { get; init; }

    /// <summary>"amd64", "x86", "arm64": libseccomp's words.</summary>
    public IReadOnlyList<string>? Arches { get; init; }

    /// <summary>"4.8".</summary>
    [JsonPropertyName("minKernel")]
    public string? MinKernel { get; init; }
}
