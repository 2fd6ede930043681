using Skep.Linux.Files;
using Skep.Raft;

namespace Skep.Manager.Consensus;

// What one Ready asks for, in its order, and what is done when the disk has no room for it.
public sealed partial class RaftDriver
{
    private void Drain()
    {
        while (core.HasReady)
        {
            Ready ready = core.TakeReady();
            isSentEarly = MaySendEarly(ready);
            if (isSentEarly)
            {
                Send(ready.Messages.Where(IsLeaders));
            }

            if (!TrySave(ready))
            {
                EnterFull(ready);
                return;
            }

            Finish(ready);
        }

        Campaign();
    }

    private bool isSentEarly;

    /// <summary>
    /// A leader's followers write at the same time as it does (thesis 10.2.1): its entries count here only once they
    /// are durable here, whoever else has them. Its term and vote are durable since before it led. What changes the
    /// members is the exception: who hears of that commit may leave, so it must be durable first.
    /// </summary>
    private bool MaySendEarly(Ready ready) =>
        role.Role == RaftRole.Leader
        && ready.Role is null
        && (ready.HardState is null || ready.HardState.Term == role.Term)
        && !ChangesMembers(ready);

    private static bool IsLeaders(Message message) => message.Kind is MessageKind.Append or MessageKind.Heartbeat;

    private static bool ChangesMembers(Ready ready) =>
        ready.Committed.Any(static entry => entry.Kind != EntryKind.Normal);

    /// <summary>Makes durable what must be. A failed sync is thrown on and ends the process.</summary>
    private bool TrySave(Ready ready)
    {
        try
        {
            Save(ready);
            return true;
        }
        catch (DiskFullException) when (storage.Reserve.IsHeld)
        {
            SpendReserve();
        }
        catch (DiskFullException)
        {
            return false;
        }

        return TrySave(ready);
    }

    private void Save(Ready ready)
    {
        if (ready.Snapshot is not null && !isSnapshotInstalled)
        {
            storage.InstallSnapshot(ready.Snapshot, ready.HardState);
            isSnapshotInstalled = true;
        }

        // A member that hears of its removal leaves for good and votes no more. With two members the other one would
        // be stuck if it forgot, in a crash, that the removal was committed (checklist 35).
        storage.Save(ready.HardState, ready.Entries, ChangesMembers(ready));
        isSnapshotInstalled = false;
    }

    private void Finish(Ready ready)
    {
        if (ready.Snapshot is not null)
        {
            Restore(ready.Snapshot);
        }

        Send(ready.Messages.Where(message => !isSentEarly || !IsLeaders(message)));
        TakeRole(ready.Role);
        foreach (Entry entry in ready.Committed)
        {
            Apply(entry);
        }

        if (!ready.Committed.IsEmpty)
        {
            Store.Announce();
        }

        Answer(ready.Reads);
        core.Advance(ready);
        options.Finished(ready);
        Lead();
        StartSnapshot();
    }

    private void Send(IEnumerable<Message> messages)
    {
        foreach (Message message in messages)
        {
            Message? complete = message.Kind == MessageKind.Snapshot ? WithSnapshotData(message) : message;
            if (complete is not null)
            {
                links.Send(complete);
            }
        }
    }

    private void TakeRole(RoleState? now)
    {
        if (now is null)
        {
            return;
        }

        bool isNews = now.Role != role.Role || now.Term != role.Term || now.Leader != role.Leader;
        role = now;
        if (isNews)
        {
            roleChanges++;
            log.Info(
                $"Became {now.Role} in term {now.Term}: {now.Reason}",
                ("raft.id", $"{RaftId:x}"), ("leader", $"{now.Leader:x}"));
            CancelAskedReads();
            NoteElection(now);
        }
    }

    /// <summary>A member that is the only voter need not wait for anybody.</summary>
    private void Campaign()
    {
        if (role.Role == RaftRole.Follower && role.Leader == 0 && !hasCampaigned
            && members.Configuration.Voters is [ulong only] && only == RaftId)
        {
            hasCampaigned = true;
            core.Campaign();
            Drain();
        }
    }

    private bool hasCampaigned;
}
