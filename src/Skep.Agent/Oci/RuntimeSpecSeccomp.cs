namespace Skep.Agent.Oci;

/// <summary>The system call filter. runc compiles it; the first rule that fits decides.</summary>
public sealed record SeccompSpec
{
    /// <summary>"SCMP_ACT_ERRNO" and its kind.</summary>
    public required string DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    /// <summary>
    /// "SCMP_ARCH_X86_64" and its kind; calls made by another architecture's numbers kill the process.
    /// </summary>
    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }
    public string? ListenerPath { get; init; }
    public string? ListenerMetadata { get; init; }
    public IReadOnlyList<SyscallRuleSpec>? Syscalls { get; init; }
}

public sealed record SyscallRuleSpec
{
    public required IReadOnlyList<string> Names { get; init; }
    public required string Action { get; init; }
    public uint? ErrnoRet { get; init; }

    /// <summary>All must hold.</summary>
    public IReadOnlyList<SyscallArgSpec>? Args { get; init; }
}

/// <param name="Index">Which argument, from 0.</param>
/// <param name="Op">"SCMP_CMP_EQ" and its kind; with MASKED_EQ, Value is the mask and ValueTwo what remains.</param>
public sealed record SyscallArgSpec(uint Index, ulong Value, ulong ValueTwo, string Op);
