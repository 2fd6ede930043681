using System.Collections.Immutable;
using Skep.Raft;
using Skep.Swarm.Store;
using Wire = Skep.Transport.Contracts;

namespace Skep.Manager.Consensus;

/// <summary>A snapshot that is still to be encoded: nothing in it can change, so any thread may do it.</summary>
internal sealed record SnapshotJob(SnapshotMeta Meta, StoreSnapshot Store, MemberList Members)
{
    /// <summary>SwarmKit's <c>Snapshot</c>: the members, the removed ids and every object.</summary>
    /// <remarks>
    /// Of the members only those that the log has told of up to here. A joiner was told of more when it joined, and a
    /// snapshot says the same whoever makes it.
    /// </remarks>
    public ReadOnlyMemory<byte> Encode() => Wire.SnapshotWire.Write(
        Store.AllObjects(),
        Members.Members.Values.Where(member => Meta.Members.Contains(member.RaftId)).Select(MemberWire.ToWire),
        Members.Removed);

    /// <exception cref="InvalidDataException">The content makes no sense.</exception>
    public static DecodedSnapshot Decode(Snapshot snapshot)
    {
        Wire.SnapshotContent content = Wire.SnapshotWire.Read(snapshot.Data);
        var members = new MemberList(
            content.Members.Select(MemberWire.ToRecord).ToImmutableSortedDictionary(
                static member => member.RaftId, static member => member),
            [.. content.Removed],
            snapshot.Meta.Members);
        return new DecodedSnapshot(StoreSnapshot.Of(snapshot.Meta.Index, content.Objects), members);
    }
}

/// <summary>What a snapshot says.</summary>
internal sealed record DecodedSnapshot(StoreSnapshot Store, MemberList Members);
