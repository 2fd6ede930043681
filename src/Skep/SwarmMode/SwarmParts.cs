using Skep.Agent.Networks;
using Skep.Agent.Secrets;
using Skep.Agent.Tasks;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.SwarmMode;

/// <summary>What a node takes from the daemon around it.</summary>
internal sealed record SwarmParts
{
    public required string DataRoot { get; init; }

    /// <summary>For sockets: a short path, in memory.</summary>
    public required string ExecRoot { get; init; }

    public required IDisk Disk { get; init; }

    /// <summary>This machine's addresses at this moment, and how to choose among them.</summary>
    public required Func<AddressChoice> Addresses { get; init; }

    /// <summary>What the node reports of its machine; TLS facts are added by the session.</summary>
    public required Func<NodeDescription> Describe { get; init; }

    /// <summary>Carries out the tasks of the swarm on this machine.</summary>
    public required ITaskRuntime Tasks { get; init; }

    /// <summary>What this machine does for networks that reach over nodes.</summary>
    public required SwarmNetworks Networks { get; init; }

    /// <summary>Ranges that no network of the swarm may lie over: this machine reaches them by itself.</summary>
    public required Func<ValueList<string>> OwnRanges { get; init; }

    /// <summary>Places on networks of the swarm for containers that are no tasks.</summary>
    public required SwarmAttachments Attachments { get; init; }

    /// <summary>Where the secrets and configs of this node's tasks are kept.</summary>
    public required Dependencies Dependencies { get; init; }

    /// <summary>Told of every change of the store while this node is a manager.</summary>
    public required Action<StoreChange> OnChange { get; init; }

    public required IdSource Ids { get; init; }

    public required TimeProvider Time { get; init; }

    public required Log Log { get; init; }
}
