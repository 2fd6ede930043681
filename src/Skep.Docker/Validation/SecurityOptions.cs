using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>HostConfig.SecurityOpt, read: "seccomp=…", "apparmor=…", "no-new-privileges", "label=…".</summary>
public sealed record SecurityOptions
{
    /// <summary>Null: the daemon's default.</summary>
    public bool? NoNewPrivileges { get; init; }

    /// <summary>A profile's name or "unconfined"; null: the daemon's default.</summary>
    public string? AppArmor { get; init; }

    /// <summary>"unconfined", "builtin", or a profile as JSON (the CLI reads the file); null: the default.</summary>
    public string? Seccomp { get; init; }

    /// <summary>Null: only for privileged containers.</summary>
    public bool? WritableCgroups { get; init; }

    /// <summary>For SELinux; kept, without effect.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public static SecurityOptions Parse(IReadOnlyList<string>? options)
    {
        var result = new SecurityOptions();
        foreach (string option in options ?? [])
        {
            result = option switch
            {
                "no-new-privileges" => result with { NoNewPrivileges = true },
                "writable-cgroups" => result with { WritableCgroups = true },
                "disable" => result with { Labels = [.. result.Labels, option] },
                _ => result.WithPair(option),
            };
        }

        return result;
    }

    private SecurityOptions WithPair(string option)
    {
        // ':' was the separator once; '=' decides when there is one, since a profile's JSON contains colons.
        int separator = option.IndexOf('=');
        separator = separator >= 0 ? separator : option.IndexOf(':');
        if (separator < 0)
        {
            throw Refused(1, option);
        }

        string value = option[(separator + 1)..];
        return option[..separator] switch
        {
            "label" => this with { Labels = [.. Labels, value] },
            "apparmor" => this with { AppArmor = value },
            "seccomp" => this with { Seccomp = value },
            "no-new-privileges" => this with { NoNewPrivileges = ParseBool(value, option) },
            "writable-cgroups" => this with { WritableCgroups = ParseBool(value, option) },
            _ => throw Refused(2, option),
        };
    }

    private static bool ParseBool(string value, string option) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw Refused(2, option),
    };

    // The number is Docker's: 1 is a wrong shape, 2 a wrong name or value.
    private static RefusedException Refused(int step, string option)
        => new(ErrorKind.Invalid, $"invalid --security-opt {step}: {GoText.Quote(option)}");
}
