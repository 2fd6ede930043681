namespace Skep.Swarm.Objects;

/// <summary>What a container may do beyond, or less than, what is usual.</summary>
public sealed record Privileges
{
    public CredentialSpec? CredentialSpec { get; init; }

    public SELinuxContext? SELinuxContext { get; init; }

    public SeccompOptions? Seccomp { get; init; }

    public AppArmorOptions? AppArmor { get; init; }

    public bool NoNewPrivileges { get; init; }
}

/// <summary>Where a credential spec comes from.</summary>
public enum CredentialSource
{
    None = 0,
    File = 1,
    Registry = 2,
    Config = 3,
}

/// <summary>Credentials of a managed service account of Windows.</summary>
public sealed record CredentialSpec
{
    public CredentialSource Source { get; init; }

    /// <summary>The file, registry key or config id that <see cref="Source"/> says.</summary>
    public string Value { get; init; } = "";
}

/// <summary>The container's SELinux label.</summary>
public sealed record SELinuxContext
{
    public bool Disable { get; init; }

    public string User { get; init; } = "";

    public string Role { get; init; } = "";

    public string Type { get; init; } = "";

    public string Level { get; init; } = "";
}

/// <summary>Which seccomp profile a container gets.</summary>
public enum SeccompMode
{
    Default = 0,
    Unconfined = 1,
    Custom = 2,
}

/// <summary>The container's seccomp profile.</summary>
public sealed record SeccompOptions
{
    public SeccompMode Mode { get; init; }

    public Bytes Profile { get; init; }
}

/// <summary>Which AppArmor profile a container gets.</summary>
public enum AppArmorMode
{
    Default = 0,
    Disabled = 1,
}

/// <summary>The container's AppArmor profile.</summary>
public sealed record AppArmorOptions
{
    public AppArmorMode Mode { get; init; }
}
