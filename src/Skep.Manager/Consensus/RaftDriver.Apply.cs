using Skep.Raft;
using Skep.Swarm;
using Skep.Swarm.Store;
using StoreWire = Skep.Transport.Contracts.StoreWire;

namespace Skep.Manager.Consensus;

// What committed entries do: to the store, to the members, and to those who wait for them.
public sealed partial class RaftDriver
{
    // Writes accepted by the core, in the order of their indexes.
    private readonly Queue<PendingWrite> writes = new();
    // Not given to the core yet.
    private readonly List<PendingWrite> newWrites = [];

    /// <summary>
    /// All writes that wait are appended together and travel together. While some are under way the next ones gather:
    /// a message, its answer and a sync on every manager cost about as much for one write as for many, and the next
    /// message says that the last ones are committed.
    /// </summary>
    private void ProposeWrites()
    {
        if (newWrites.Count == 0)
        {
            return;
        }

        ProposalChain? chain = Store.Chain;
        foreach (PendingWrite write in newWrites.Where(write => write.Chain != chain))
        {
            write.CanBeRepeated = chain?.Term == write.Chain.Term;
            write.Refuse(Refusals.NotLeader());
        }

        newWrites.RemoveAll(write => write.Chain != chain);
        if (newWrites.Count > 0 && writes.Count == 0)
        {
            ProposeChained(core.Propose([.. newWrites.Select(write => write.Data)]));
            newWrites.Clear();
        }
    }

    /// <summary>Those that gathered while others were under way, which are committed now.</summary>
    private void ProposeGathered()
    {
        if (newWrites.Count > 0 && writes.Count == 0)
        {
            ProposeWrites();
            Drain();
        }
    }

    private void RefuseGathered(Func<RefusedException> reason)
    {
        newWrites.ForEach(write => write.Refuse(reason()));
        newWrites.Clear();
    }

    private void ProposeChained(ProposeResult result)
    {
        if (result is ProposeResult.Accepted accepted)
        {
            ulong index = accepted.Index;
            foreach (PendingWrite write in newWrites)
            {
                // Leadership is won only between steps, and whatever else is appended restarts the chain.
                Invariant.Holds(accepted.Term == write.Chain.Term && index == write.After.Revision);
                write.Index = index++;
                write.Term = accepted.Term;
                writes.Enqueue(write);
            }

            return;
        }

        // What is built on these falls with them. The next chain starts from what was accepted.
        Store.Abandon();
        bool isTooMuch = result is ProposeResult.Dropped { Reason: DropReason.TooMuchUncommitted };
        newWrites.ForEach(write => write.Refuse(isTooMuch ? Refusals.TooMany() : Refusals.NotLeader()));
    }

    private void Apply(Entry entry)
    {
        Invariant.Holds(entry.Index == applied + 1);
        switch (entry.Kind)
        {
            case EntryKind.Normal when entry.Data.IsEmpty:
                break;
            case EntryKind.Normal:
                ApplyWrite(entry);
                break;
            default:
                ApplyChange(entry, ConfChangeWire.Read(entry));
                break;
        }

        applied = entry.Index;
        appliedTerm = entry.Term;
        bytesSinceSnapshot += entry.EncodedBytes;
    }

    private void ApplyWrite(Entry entry)
    {
        PendingWrite? own = null;
        if (writes.TryPeek(out PendingWrite? first) && first.Index == entry.Index)
        {
            writes.Dequeue();
            own = first.Term == entry.Term ? first : null;
            if (own is null)
            {
                first.Refuse(Refusals.LeadershipLost());
            }
        }

        if (own is not null && ReferenceEquals(own.Before, Store.Committed))
        {
            Store.Commit(own.After, own.Changes);
        }
        else
        {
            AppliedActions result = Store.Committed.Apply(StoreWire.ReadActions(entry.Data), entry.Index);
            if (result.Refusal is not null)
            {
                // Every manager leaves such an entry out, ours and Docker's, so all go on with the same store.
                log.Error("An entry of the log does not fit", ("index", entry.Index), ("why", result.Refusal));
            }

            Store.Commit(result.After, result.Changes);
        }

        own?.Complete(Store.Committed);
    }

    private void ApplyChange(Entry entry, ConfChange change)
    {
        if (members.Refuses(change))
        {
            log.Warn("A removed manager cannot come back under its old id", ("raft.id", $"{change.Member:x}"));
            change = change with { Member = 0 };
        }

        Member? described = change.Context.IsEmpty ? null : MemberWire.Read(change.Context);
        members = members.After(change, described, core.ApplyConfChange(change));
        links.SetPeers(PeersOf(members));
        PaceFor(members);
        CompleteChange(entry);
        log.Info($"Applied {change}", ("index", entry.Index), ("members", members.Configuration));
        if (members.Removed.Contains(RaftId))
        {
            ticksUntilGone ??= Limits.GoodbyeTicks;
        }
    }

    private Dictionary<ulong, Member> PeersOf(MemberList list)
    {
        var peers = new Dictionary<ulong, Member>();
        foreach (Member member in list.Members.Values)
        {
            if (member.RaftId != RaftId && !removedLater.Contains(member.RaftId))
            {
                peers[member.RaftId] = member;
            }
        }

        foreach (Member found in foundStrangers.Values)
        {
            if (!list.Members.ContainsKey(found.RaftId) && !list.Removed.Contains(found.RaftId))
            {
                peers[found.RaftId] = found;
            }
        }

        return peers;
    }

    // Members that our log does not tell of yet, and where they listen.
    private readonly Dictionary<ulong, Member> foundStrangers = [];
    private ulong stranger;

    /// <summary>
    /// One that was cut off for long may be called by a leader that joined meanwhile. What it says is believed, but it
    /// cannot be answered before somebody tells where it listens.
    /// </summary>
    private void Meet(ulong sender)
    {
        if (sender != RaftId && !members.Members.ContainsKey(sender) && !foundStrangers.ContainsKey(sender))
        {
            stranger = sender;
        }
    }

    private void Take(StrangerFound found)
    {
        if (foundStrangers.Count >= Limits.Strangers)
        {
            foundStrangers.Clear();
        }

        foundStrangers[found.Stranger.RaftId] = found.Stranger;
        stranger = 0;
        links.SetPeers(PeersOf(members));
    }
}
