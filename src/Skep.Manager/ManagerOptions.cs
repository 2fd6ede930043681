using System.Net;
using Skep.Linux.Files;
using Skep.Manager.Backup;
using Skep.Manager.Consensus;
using Skep.Manager.Founding;
using Skep.Swarm;
using Skep.Swarm.Services;
using Skep.Swarm.Store;
using Skep.Transport.Identity;

namespace Skep.Manager;

/// <summary>What a manager is started with.</summary>
public sealed record ManagerOptions
{
    public required IDisk Disk { get; init; }

    /// <summary>The folder of the log and its snapshots.</summary>
    public required string Folder { get; init; }

    public required NodeCredentials Credentials { get; init; }

    public required KeyFile KeyFile { get; init; }

    /// <summary>Where the cluster services listen.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>What other managers are told, host and port; an unspecified host: where our calls come from.</summary>
    public required string AdvertiseAddress { get; init; }

    /// <summary>Socket for this node's own agent; in a folder that only root can enter.</summary>
    public required string LocalSocket { get; init; }

    /// <summary>Set when this manager founds the swarm.</summary>
    public NewSwarm? Founded { get; init; }

    /// <summary>Set when this manager's swarm comes out of a backup.</summary>
    public Restoring? Restoring { get; init; }

    /// <summary>Make a swarm of this manager alone, of what its log holds.</summary>
    public bool ForceNewCluster { get; init; }

    /// <summary>Managers to join through, host and port, in this order. Asked when the log tells of none.</summary>
    public IReadOnlyList<string> JoinAddresses { get; init; } = [];

    /// <summary>The members that <see cref="OnJoined"/> was told last.</summary>
    public IReadOnlyList<Member> KnownMembers { get; init; } = [];

    /// <summary>
    /// The raft id that <see cref="OnJoined"/> was told, as long as no log was made under it; 0: there is none.
    /// </summary>
    public ulong GivenRaftId { get; init; }

    /// <summary>Told of the answer when others took this manager in; makes it durable.</summary>
    public required Action<JoinAnswer> OnJoined { get; init; }

    /// <summary>Told when the log is made, before it promises anything.</summary>
    public required Action OnLogMade { get; init; }

    /// <summary>Told when what a founded or restored swarm begins with is durable, before anybody can ask for
    /// it.</summary>
    public required Action OnBegun { get; init; }

    /// <summary>Told of every change of the store, in order; quick.</summary>
    public required Action<StoreChange> OnChange { get; init; }

    /// <summary>Told when the node's keys were on the disk in the clear and are locked from now on.</summary>
    public required Action OnNewlyLocked { get; init; }

    /// <summary>Reads what users write in the specs of services.</summary>
    public required ContainerFormats Formats { get; init; }

    public required TimeProvider Time { get; init; }

    public required IdSource Ids { get; init; }

    public required Log Log { get; init; }
}

/// <summary>Why a manager has ended without being stopped.</summary>
public enum ManagerEnd
{
    /// <summary>It is not a member of the quorum any more.</summary>
    Removed,

    /// <summary>The node's certificate says worker now.</summary>
    Demoted,
}
