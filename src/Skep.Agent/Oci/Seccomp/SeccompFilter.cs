using System.Text.Json;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Oci;

/// <summary>
/// Which system calls one container may make: a profile, decided for its capabilities and this machine.
/// </summary>
public static class SeccompFilter
{
    /// <summary>Go's name of an architecture to libseccomp's, and to the one in the runtime spec.</summary>
    private static readonly Dictionary<string, (string Native, string Spec)> Architectures = new()
    {
        ["386"] = ("x86", "SCMP_ARCH_X86"),
        ["amd64"] = ("amd64", "SCMP_ARCH_X86_64"),
        ["arm"] = ("arm", "SCMP_ARCH_ARM"),
        ["arm64"] = ("arm64", "SCMP_ARCH_AARCH64"),
        ["ppc64le"] = ("ppc64le", "SCMP_ARCH_PPC64LE"),
        ["riscv64"] = ("riscv64", "SCMP_ARCH_RISCV64"),
        ["s390x"] = ("s390x", "SCMP_ARCH_S390X"),
    };

    /// <param name="asked">"unconfined", "builtin", a profile's JSON, or null: the daemon's.</param>
    /// <param name="ofDaemon">The same, for containers that do not ask; null: the one that is built in.</param>
    /// <returns>Null: no filter.</returns>
    public static SeccompSpec? For(
        string? asked, string? ofDaemon, bool privileged, IReadOnlyList<string> capabilities, KernelFacts kernel)
    {
        // Privileged containers have no filter but their own.
        if (privileged && string.IsNullOrEmpty(asked))
        {
            return null;
        }

        asked = string.IsNullOrEmpty(asked) ? ofDaemon : asked;
        if (asked == "unconfined")
        {
            return null;
        }

        bool isDefault = asked is null or "" or "builtin";
        if (privileged)
        {
            return isDefault ? null : Decide(Parse(asked!), capabilities, kernel);
        }

        if (!kernel.Seccomp)
        {
            // Docker warns and runs without one. Protection that was asked for must not vanish in silence.
            throw new RefusedException(ErrorKind.Failed, isDefault
                ? "seccomp is not enabled in your kernel: use --security-opt seccomp=unconfined to run without it"
                : "seccomp is not enabled in your kernel, cannot run a custom seccomp profile");
        }

        return Decide(isDefault ? DefaultSeccompProfile.Value : Parse(asked!), capabilities, kernel);
    }

    public static SeccompProfile Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, OciJson.Default.SeccompProfile)
                ?? throw new RefusedException(ErrorKind.Invalid, "Decoding seccomp profile failed: null");
        }
        catch (JsonException error)
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"Decoding seccomp profile failed: {error.Message}", error);
        }
    }

    public static SeccompSpec? Decide(
        SeccompProfile profile, IReadOnlyList<string> capabilities, KernelFacts kernel)
    {
        IReadOnlyList<ProfileRule> rules = profile.Syscalls ?? [];
        if (profile.DefaultAction.Length == 0 && rules.Count == 0)
        {
            return null;
        }

        if (profile.Architectures is { Count: > 0 } && profile.ArchMap is { Count: > 0 })
        {
            throw new RefusedException(ErrorKind.Invalid, "both 'architectures' and 'archMap' are specified in the "
                + "seccomp profile, use either 'architectures' or 'archMap'");
        }

        (string native, string machine) = Architectures.GetValueOrDefault(kernel.Architecture);
        ArchitectureFamily? family = profile.ArchMap?.FirstOrDefault(entry => entry.Architecture == machine);
        IReadOnlyList<string>? architectures = family is null
            ? profile.Architectures
            : [family.Architecture, .. family.SubArchitectures ?? []];
        return new SeccompSpec
        {
            DefaultAction = profile.DefaultAction,
            DefaultErrnoRet = profile.DefaultErrnoRet,
            Architectures = architectures,
            Flags = profile.Flags,
            ListenerPath = profile.ListenerPath,
            ListenerMetadata = profile.ListenerMetadata,
            Syscalls = [.. rules.Where(rule => Counts(rule, native ?? "", capabilities, kernel)).Select(ToSpec)],
        };
    }

    private static bool Counts(
        ProfileRule rule, string native, IReadOnlyList<string> capabilities, KernelFacts kernel)
    {
        bool excluded = rule.Excludes is { } excludes
            && ((excludes.Arches?.Contains(native) ?? false)
                || (excludes.Caps?.Any(capabilities.Contains) ?? false)
                || (excludes.MinKernel is string above && IsAtLeast(kernel, above)));
        bool included = rule.Includes is not { } includes
            || ((includes.Arches is not { Count: > 0 } arches || arches.Contains(native))
                && (includes.Caps ?? []).All(capabilities.Contains)
                && (includes.MinKernel is not string from || IsAtLeast(kernel, from)));
        return included && !excluded;
    }

    private static bool IsAtLeast(KernelFacts kernel, string version)
        => version.Split('.') is [var first, var second] && int.TryParse(first, out int major)
            && int.TryParse(second, out int minor)
            ? kernel.IsAtLeast(major, minor)
            : throw new RefusedException(ErrorKind.Invalid,
                $"Decoding seccomp profile failed: invalid kernel version: {version}");

    private static SyscallRuleSpec ToSpec(ProfileRule rule)
    {
        if (rule is { Name.Length: > 0, Names.Count: > 0 })
        {
            throw new RefusedException(ErrorKind.Invalid, "both 'name' and 'names' are specified in the seccomp "
                + "profile, use either 'name' or 'names'");
        }

        return new SyscallRuleSpec
        {
            Names = rule.Name is { Length: > 0 } name ? [name] : rule.Names ?? [],
            Action = rule.Action,
            ErrnoRet = rule.ErrnoRet,
            Args = rule.Args is not { Count: > 0 } arguments ? null : [.. arguments.Select(argument =>
                new SyscallArgSpec(argument.Index, argument.Value, argument.ValueTwo, argument.Op))],
        };
    }
}
