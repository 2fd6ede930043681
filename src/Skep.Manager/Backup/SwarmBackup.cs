using System.Collections.Immutable;
using Skep.Manager.Consensus;
using Skep.Raft;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Cluster = Skep.Swarm.Objects.Cluster;
using Node = Skep.Swarm.Objects.Node;
using NodeRole = Skep.Swarm.Objects.NodeRole;
using Snapshot = Skep.Raft.Snapshot;
using StoreSnapshot = Skep.Swarm.Store.StoreSnapshot;

namespace Skep.Manager.Backup;

/// <summary>
/// What a backup holds, read and understood: everything the managers agreed on, secrets and keys included.
/// </summary>
/// <param name="Cluster">The cluster object among the objects.</param>
/// <param name="OldMembers">Raft ids that were ever used: none of them may be used again.</param>
public sealed record SwarmBackup(
    Cluster Cluster, ImmutableArray<StoreObject> Objects, ImmutableArray<ulong> OldMembers)
{
    // Versions only grow, and what is restored must not look older to anybody than what they saw before.
    private const ulong VersionGap = 1_000_000;

    /// <summary>The plain content: SwarmKit's snapshot of the store and of the members.</summary>
    public static ReadOnlyMemory<byte> Write(StoreSnapshot store, MemberList members) => SnapshotWire.Write(
        store.AllObjects(), members.Members.Values.Select(MemberWire.ToWire), members.Removed);

    /// <exception cref="RefusedException">It is not the content of a backup.</exception>
    public static SwarmBackup Read(ReadOnlyMemory<byte> content)
    {
        SnapshotContent read;
        try
        {
            read = SnapshotWire.Read(content);
        }
        catch (InvalidDataException e)
        {
            throw new RefusedException(ErrorKind.Invalid, $"the backup cannot be understood: {e.Message}", e);
        }

        return read.Objects.OfType<Cluster>().FirstOrDefault() is { } cluster
            ? new SwarmBackup(
                cluster,
                [.. read.Objects],
                [.. read.Members.Select(static member => member.RaftId).Concat(read.Removed).Distinct()])
            : throw new RefusedException(ErrorKind.Invalid, "the backup holds no swarm");
    }

    /// <summary>The state that a restored swarm begins with: one manager, and every other node a worker.</summary>
    /// <remarks>
    /// Managers of before are workers from now on: their logs belong to another quorum. They come back with the
    /// certificates they have, and are promoted when somebody wants them to be.
    /// </remarks>
    /// <param name="manager">The node that restores, as it shall stand in the store.</param>
    public Snapshot ToSnapshot(Member self, Node manager)
    {
        ulong index = Objects.Max(static item => item.Meta.Version.Index) + VersionGap;
        IEnumerable<StoreObject> others = Objects
            .Where(item => item is not Node node || node.Id != manager.Id)
            .Select(static item => item is Node node ? Demoted(node) : item);
        ReadOnlyMemory<byte> data = SnapshotWire.Write(
            others.Append(manager), [MemberWire.ToWire(self)], OldMembers.Where(id => id != self.RaftId));
        return new Snapshot(new SnapshotMeta(index, 1, new ConfState([self.RaftId], [])), data);
    }

    private static Node Demoted(Node node) => node with
    {
        Role = NodeRole.Worker,
        Spec = node.Spec with { DesiredRole = NodeRole.Worker },
        ManagerStatus = null,
    };

    public override string ToString() => $"SwarmBackup {Cluster.Id}";
}
