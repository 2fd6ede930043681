namespace Skep.Docker.Engine;

/// <summary>Body of POST /swarm/init.</summary>
public sealed record SwarmInitRequest
{
    public string ListenAddr { get; init => field = value ?? ""; } = "";
    public string AdvertiseAddr { get; init => field = value ?? ""; } = "";
    public string DataPathAddr { get; init => field = value ?? ""; } = "";
    public uint DataPathPort { get; init; }
    public bool ForceNewCluster { get; init; }
    public SwarmSpec Spec { get; init => field = value ?? new(); } = new();
    public bool AutoLockManagers { get; init; }

    /// <summary>active, pause or drain; "": active.</summary>
    public string Availability { get; init => field = value ?? ""; } = "";

    /// <summary>Since API 1.39.</summary>
    public IReadOnlyList<string>? DefaultAddrPool { get; init; }

    public uint SubnetSize { get; init; }
}

/// <summary>Body of POST /swarm/join.</summary>
public sealed record SwarmJoinRequest
{
    public string ListenAddr { get; init => field = value ?? ""; } = "";
    public string AdvertiseAddr { get; init => field = value ?? ""; } = "";
    public string DataPathAddr { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? RemoteAddrs { get; init; }

    /// <summary>A secret.</summary>
    public string JoinToken { get; init => field = value ?? ""; } = "";

    /// <summary>active, pause or drain; "": active.</summary>
    public string Availability { get; init => field = value ?? ""; } = "";
}

/// <summary>Body of POST /swarm/unlock, and answer of GET /swarm/unlockkey.</summary>
public sealed record SwarmUnlock
{
    /// <summary>SWMKEY-1-…, a secret; "": managers are not locked.</summary>
    public string UnlockKey { get; init => field = value ?? ""; } = "";
}
