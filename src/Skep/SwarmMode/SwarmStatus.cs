namespace Skep.SwarmMode;

/// <summary>How far this machine is part of a swarm, in Docker's words.</summary>
public enum LocalNodeState
{
    Inactive,
    Pending,
    Active,
    Error,
    Locked,
}

/// <summary>A manager that this node knows.</summary>
/// <param name="Address">Host and port of its cluster services.</param>
public sealed record RemoteManager(string NodeId, string Address);

/// <summary>What this node says of itself at one moment, without asking anybody.</summary>
public sealed record SwarmStatus
{
    public static readonly SwarmStatus Inactive = new() { State = LocalNodeState.Inactive };

    public required LocalNodeState State { get; init; }

    /// <summary>"" before the node has an identity.</summary>
    public string NodeId { get; init; } = "";

    /// <summary>The address that others reach this node by, without a port; "" when it has none.</summary>
    public string Address { get; init; } = "";

    /// <summary>Why the node is not what it should be; "": nothing is wrong.</summary>
    public string Error { get; init; } = "";

    /// <summary>Its certificate says manager.</summary>
    public bool IsManager { get; init; }

    /// <summary>It is a manager whose control is at work.</summary>
    public bool ControlAvailable { get; init; }

    public IReadOnlyList<RemoteManager> RemoteManagers { get; init; } = [];
}
