using System.Collections.Immutable;
using System.Net;
using Skep.Manager.Backup;
using Skep.Swarm;

namespace Skep.SwarmMode;

/// <summary>What one start of a node is given and a restart is not: whatever came with a command.</summary>
internal sealed record NodeStart
{
    /// <summary>Nothing but what is on the disk: the start of a daemon.</summary>
    public static readonly NodeStart FromDisk = new();

    /// <summary>Set for <c>swarm init</c>.</summary>
    public Founding? Founding { get; init; }

    /// <summary>Set for <c>swarm restore</c>.</summary>
    public SwarmBackup? Backup { get; init; }

    /// <summary>Make a swarm of one manager of what is on the disk.</summary>
    public bool ForceNewCluster { get; init; }

    /// <summary>Managers to ask for a certificate, host and port; empty: this start joins nothing.</summary>
    public ImmutableArray<string> JoinAddresses { get; init; } = [];

    /// <summary>A secret; empty when nothing is joined.</summary>
    public string JoinToken { get; init; } = "";

    /// <summary>SWMKEY-1-…; a secret; empty when the node's keys are not locked.</summary>
    public string UnlockKey { get; init; } = "";

    /// <summary>Nothing stays of it when it fails. Any other is tried again: the node is in the swarm.</summary>
    public bool IsUndoneWhenItFails => this with { UnlockKey = "" } != FromDisk;

    public override string ToString() => "NodeStart";
}

/// <summary>What a new swarm is founded with.</summary>
internal sealed record Founding
{
    public required bool AutoLockManagers { get; init; }

    public required ImmutableArray<string> AddressPools { get; init; }

    /// <summary>0: 24.</summary>
    public required uint SubnetSize { get; init; }

    public required uint DataPathPort { get; init; }
}

/// <summary>From a command's options to the settings and the start of a node; refuses what is wrong.</summary>
internal static class NodeStarts
{
    private const uint DefaultDataPathPort = 4789, DataPathPortMin = 1024, DataPathPortMax = 49151;
    private const uint DefaultSubnetSize = 24, SubnetSizeMax = 29;

    public static (NodeSettings Settings, NodeStart Start) ForInit(
        InitOptions options, NodeSettings? before, AddressChoice addresses)
    {
        HostPort listen = addresses.Listen(options.ListenAddress);
        HostPort advertise = addresses.Advertise(options.AdvertiseAddress, listen.Port);
        string dataPath = addresses.DataPath(options.DataPathAddress);
        string local = addresses.Local(listen, advertise);
        ImmutableArray<string> pools = CheckPools(options.DefaultAddressPools, options.SubnetSize);
        uint port = CheckDataPathPort(options.DataPathPort);
        var settings = new NodeSettings
        {
            ListenAddress = listen.ToString(),
            AdvertiseAddress = advertise.ToString(),
            LocalAddress = local,
            RemoteAddress = "",
            DataPathAddress = dataPath,
            Availability = CheckAvailability(options.Availability),
        };
        bool isForced = options.ForceNewCluster && before is not null;
        var founding = new Founding
        {
            AutoLockManagers = options.AutoLockManagers,
            AddressPools = pools,
            SubnetSize = pools.IsEmpty && options.SubnetSize == 0 ? 0
                : options.SubnetSize == 0 ? DefaultSubnetSize : options.SubnetSize,
            DataPathPort = port,
        };
        return (settings, new NodeStart { Founding = isForced ? null : founding, ForceNewCluster = isForced });
    }

    public static (NodeSettings Settings, NodeStart Start) ForJoin(JoinOptions options, AddressChoice addresses)
    {
        HostPort listen = addresses.Listen(options.ListenAddress);
        if (options.RemoteAddresses.Count == 0)
        {
            throw Refused("at least 1 RemoteAddr is required to join");
        }

        // A manager would say the same, after it was asked for its root in vain.
        if (options.JoinToken.Length == 0)
        {
            throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument, "A valid join token is necessary to join this cluster");
        }

        ImmutableArray<string> remotes =
            [.. options.RemoteAddresses.Select(one => AddressChoice.Remote(one).ToString())];
        HostPort? advertise = addresses.AdvertiseOnJoin(options.AdvertiseAddress, listen.Port);
        var settings = new NodeSettings
        {
            ListenAddress = listen.ToString(),
            AdvertiseAddress = advertise?.ToString() ?? "",
            LocalAddress = LocalOnJoin(listen, remotes[0]),
            RemoteAddress = remotes[0],
            DataPathAddress = addresses.DataPath(options.DataPathAddress),
            Availability = CheckAvailability(options.Availability),
            IsJoining = true,
        };
        return (settings, new NodeStart { JoinAddresses = remotes, JoinToken = options.JoinToken });
    }

    public static NodeStart ForUnlock(string key) => new() { UnlockKey = key };

    // The address that the route to the manager leaves from; a manager named by a host name is asked for later.
    private static string LocalOnJoin(HostPort listen, string remote)
    {
        IPAddress here = IPAddress.Parse(listen.Host);
        if (!here.Equals(IPAddress.Any) && !here.Equals(IPAddress.IPv6Any))
        {
            return listen.Host;
        }

        return IPEndPoint.TryParse(remote, out IPEndPoint? manager)
            ? SystemAddresses.Toward(manager)?.ToString() ?? ""
            : "";
    }

    private static ImmutableArray<string> CheckPools(IReadOnlyList<string> pools, uint size)
    {
        uint bits = size == 0 ? DefaultSubnetSize : size;
        if (pools.Count > 0 && bits > SubnetSizeMax)
        {
            throw Refused($"subnet size is out of range: {bits}");
        }

        var checkedPools = ImmutableArray.CreateBuilder<string>(pools.Count);
        foreach (string pool in pools.Select(pool => pool.Trim()))
        {
            // .NET refuses host bits in a network; Docker takes them and cuts them off.
            string[] halves = pool.Split('/');
            if (halves.Length != 2 || !IPAddress.TryParse(halves[0], out IPAddress? address) ||
                !int.TryParse(halves[1], out int prefix) || prefix < 0 ||
                prefix > address.GetAddressBytes().Length * 8)
            {
                throw Refused($"invalid base pool {pool}: invalid CIDR address: {pool}");
            }

            if (bits < prefix)
            {
                throw Refused($"invalid CIDR: \"{pool}\". Subnet size is too small for pool: {bits}");
            }

            checkedPools.Add(pool);
        }

        return checkedPools.ToImmutable();
    }

    private static uint CheckDataPathPort(uint port) => port switch
    {
        0 => DefaultDataPathPort,
        >= DataPathPortMin and <= DataPathPortMax => port,
        _ => throw Refused($"Datapath port number is not in valid range (1024-49151) : {port}"),
    };

    private static string CheckAvailability(string availability) => availability.ToLowerInvariant() switch
    {
        "" => "active",
        "active" or "pause" or "drain" => availability.ToLowerInvariant(),
        _ => throw Refused($"invalid Availability: \"{availability}\""),
    };

    private static RefusedException Refused(string message) => new(ErrorKind.Invalid, message);
}
