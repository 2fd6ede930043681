using Skep.Swarm.Objects;

namespace Skep.Swarm.Services;

/// <summary>Options of `docker run` that SwarmKit's container specs have no field for.</summary>
public sealed record RunOptions
{
    public bool IsPrivileged { get; init; }

    /// <summary>"host"; empty: the container's own.</summary>
    public string Pid { get; init; } = "";

    /// <summary>"host": the node's name; empty: the container's own.</summary>
    public string Uts { get; init; } = "";

    /// <summary>A profile that the node has loaded; empty: its engine's.</summary>
    public string AppArmor { get; init; } = "";

    /// <summary>"host", "private" or "none"; empty: as the node's engine is configured.</summary>
    public string Ipc { get; init; } = "";

    /// <summary>"host" or "private"; empty: as the node's engine is configured.</summary>
    public string CgroupNamespace { get; init; } = "";

    /// <summary>Empty: the node's.</summary>
    public string CgroupParent { get; init; } = "";

    public ValueList<RunDevice> Devices { get; init; }

    /// <summary>"c 1:3 rwm" each.</summary>
    public ValueList<string> DeviceRules { get; init; }
}

/// <summary>A device of the node in a container.</summary>
/// <param name="Access">Some of r, w and m.</param>
public sealed record RunDevice(string Source, string Target, string Access);
