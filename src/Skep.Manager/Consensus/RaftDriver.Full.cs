using Skep.Raft;

namespace Skep.Manager.Consensus;

// A disk without room. First the reserve is spent and only removals are taken; when that is used up too, this manager
// falls silent with an unfinished Ready in hand and tries again at every tick (faults D3, D4).
public sealed partial class RaftDriver
{
    private int ticksUntilRoom;

    private bool IsAlone => role.Role == RaftRole.Leader && members.Configuration.Voters.Length == 1;

    private void SpendReserve()
    {
        storage.Reserve.Spend();
        Store.TakesRemovalsOnly = true;
        ticksUntilRoom = Limits.RoomTicks;
        isHandOverWanted = true;
        log.Error(
            "The disk is full: living on the reserve, and taking only what removes something",
            ("raft.id", $"{RaftId:x}"));
    }

    private bool isHandOverWanted;
    private bool stoodByItself;

    /// <summary>
    /// Somebody with room leads better. Asked once for each time of leading that nobody gave us: when nobody has room,
    /// somebody must lead all the same.
    /// </summary>
    private void HandOverWhenFull()
    {
        if (isHandOverWanted && role.Role == RaftRole.Leader && NextLeader() is { } next)
        {
            isHandOverWanted = false;
            core.TransferLeadership(next);
        }
    }

    /// <summary>A leader may die while only this one, which has no room, notices: it leads until another can.</summary>
    private void NoteElection(RoleState now)
    {
        if (now.Role == RaftRole.Leader)
        {
            isHandOverWanted |= stoodByItself && Store.TakesRemovalsOnly;
        }

        stoodByItself = now.Role == RaftRole.PreCandidate || (stoodByItself && now.Role == RaftRole.Candidate);
    }

    private void TickRoom()
    {
        if (Store.TakesRemovalsOnly && --ticksUntilRoom <= 0)
        {
            ticksUntilRoom = Limits.RoomTicks;
            if (storage.Reserve.TryHold())
            {
                Store.TakesRemovalsOnly = false;
                isHandOverWanted = false;
                log.Info("There is room on the disk again", ("raft.id", $"{RaftId:x}"));
            }
        }
    }

    /// <summary>Nothing may leave that is not durable, so this manager falls silent.</summary>
    private void EnterFull(Ready ready)
    {
        unsaved = ready;
        log.Error(
            "The disk is full: this manager takes no part in the swarm until there is room again",
            ("raft.id", $"{RaftId:x}"));
        if (role.Role == RaftRole.Leader && NextLeader() is { } next)
        {
            // The core cannot hand over, for that goes through a Ready as well. Telling a member to stand for election
            // is always safe: it wins only with votes that see its log as complete.
            links.Send(new Message { Kind = MessageKind.TimeoutNow, To = next, From = RaftId, Term = role.Term });
        }

        StopLeading();
        Publish();
    }

    private bool TryFinishUnsaved(int ticks)
    {
        if (ticks == 0 || unsaved is not { } ready || !TrySave(ready))
        {
            return false;
        }

        unsaved = null;
        log.Info("There is room on the disk again: this manager goes on", ("raft.id", $"{RaftId:x}"));
        Finish(ready);
        return true;
    }

    private void RefuseWhileFull(List<DriverInput> inputs)
    {
        foreach (DriverInput input in inputs)
        {
            switch (input)
            {
                case PendingRead read when IsAlone:
                    // Nobody else can have written since, and what is committed is durable here.
                    read.Complete(Store.Committed);
                    break;
                case PendingRequest request:
                    request.Refuse(Refusals.DiskFull());
                    break;
                case PeerMessage:
                    // Lost on the way, as far as the sender can tell.
                    break;
                default:
                    Take(input);
                    break;
            }
        }
    }
}
