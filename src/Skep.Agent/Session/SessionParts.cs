using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Transport.Contracts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;
using LogSelector = Skep.Swarm.ServiceLogs.LogSelector;
using Objects = Skep.Swarm.Objects;

namespace Skep.Agent.Session;

/// <summary>What a manager tells a node over its session.</summary>
/// <param name="Node">The node's own object; null: not told.</param>
/// <param name="Root">PEM of the roots to trust; empty: not told.</param>
public sealed record SessionNews(
    Objects.Node? Node,
    ImmutableArray<Objects.WeightedPeer> Managers,
    ImmutableArray<Objects.EncryptionKey> Keys,
    Bytes Root);

/// <summary>What a manager gives to a node.</summary>
/// <param name="IsComplete">All that the node has; otherwise what changed.</param>
public sealed record AssignmentNews(bool IsComplete, ImmutableArray<AssignmentStep> Steps);

/// <summary>How the agent stands with its managers.</summary>
/// <param name="Manager">The manager it is or was connected to; null: none yet.</param>
/// <param name="Error">Why it is not registered; "": it is, or is about to be.</param>
public sealed record SessionState(bool IsRegistered, Objects.Peer? Manager, string Error);

/// <summary>The lines that this node's tasks have written.</summary>
/// <returns>Ends with the last line, or, followed, with the call.</returns>
public delegate IAsyncEnumerable<SwarmLogLine> ReadLogs(
    LogSelector selector, LogQuery query, CancellationToken stop);

/// <summary>What an agent's session works with, and whom it tells.</summary>
public sealed record SessionParts
{
    public required NodeCredentials Credentials { get; init; }

    public required ManagerList Managers { get; init; }

    /// <summary>A manager in this very process, which is then always used; null: none. The callee keeps it.</summary>
    public required Func<RpcChannel?> Local { get; init; }

    /// <summary>What this machine is. What TLS needs to say is added.</summary>
    public required Func<Objects.NodeDescription> Describe { get; init; }

    /// <summary>Called for every message of the session, one after another.</summary>
    public required Func<SessionNews, CancellationToken, Task> OnNews { get; init; }

    /// <summary>Called for every change of what the node has to do, one after another.</summary>
    public required Func<AssignmentNews, CancellationToken, Task> OnAssignments { get; init; }

    public required ReadLogs ReadLogs { get; init; }

    /// <summary>Runs on the connection of each session, for as long as it lasts.</summary>
    public required Func<RpcChannel, CancellationToken, Task> FollowNetworks { get; init; }

    public required Action<SessionState> OnState { get; init; }

    public required IdSource Ids { get; init; }

    public required TimeProvider Time { get; init; }

    public required Log Log { get; init; }
}
