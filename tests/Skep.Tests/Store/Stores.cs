using Skep.Swarm;
using Skep.Swarm.Nodes;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Store;

/// <summary>Small stores to start a test from.</summary>
internal static class Stores
{
    public static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    public static IdSource Ids() => new(new Random(5).NextBytes);

    public static StoreSnapshot With(params IEnumerable<StoreObject> objects) => StoreSnapshot.Empty.Change(store =>
    {
        store.Create(new Cluster
        {
            Id = new("cluster"),
            Spec = new() { Annotations = new() { Name = StoreReader.ClusterName } },
        });
        foreach (StoreObject item in objects)
        {
            store.Create(item);
        }
    });

    public static StoreSnapshot Change(this StoreSnapshot before, Action<Transaction> change)
    {
        var transaction = new Transaction(before, new(before.Revision + 1), Now);
        change(transaction);
        return transaction.ToSnapshot();
    }

    public static Node Manager(string id) => new()
    {
        Id = new(id),
        Role = NodeRole.Manager,
        Spec = new() { DesiredRole = NodeRole.Manager, Membership = NodeMembership.Accepted },
        Status = new() { State = NodeState.Ready },
    };

    public static Node Worker(string id) => new()
    {
        Id = new(id),
        Spec = new() { Membership = NodeMembership.Accepted },
        Status = new() { State = NodeState.Ready },
    };

    /// <summary>Members 1, 2 and so on; the first one looks and leads.</summary>
    public static Quorum Quorum(params string[] nodes) => new(
        [.. nodes.Select((node, index) => new QuorumMember(
            (ulong)index + 1, new(node.TrimEnd('!')), $"10.0.0.{index + 1}:2377", true,
            node.EndsWith('!') ? Reachability.Unreachable : Reachability.Reachable))],
        1,
        1);
}
