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
            if (!TrySave(ready))
            {
                EnterFull(ready);
                return;
            }

            Finish(ready);
        }

        Campaign();
    }

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
        bool changesMembers = ready.Committed.Any(static entry => entry.Kind != EntryKind.Normal);
        storage.Save(ready.HardState, ready.Entries, changesMembers);
        isSnapshotInstalled = false;
    }

    private void Finish(Ready ready)
    {
        if (ready.Snapshot is not null)
        {
            Restore(ready.Snapshot);
        }

        Send(ready);
        TakeRole(ready.Role);
        foreach (Entry entry in ready.Committed)
        {
            Apply(entry);
        }

        Answer(ready.Reads);
        core.Advance(ready);
        options.Finished(ready);
        Lead();
        StartSnapshot();
    }

    private void Send(Ready ready)
    {
        foreach (Message message in ready.Messages)
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
            log.Info(
                $"Became {now.Role} in term {now.Term}: {now.Reason}",
                ("raft.id", $"{RaftId:x}"), ("leader", $"{now.Leader:x}"));
            CancelAskedReads();
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
