namespace Skep.Raft;

/// <summary>
/// A leader's picture of one member's log, and how it is being fed. The leader has one of itself too.
/// </summary>
/// <remarks>
/// Invariant: Match &lt; Next. Match only grows within one term of leadership: an answer that comes late, twice or
/// in the wrong order lowers nothing (checklist 18).
/// </remarks>
internal sealed class Follower(ulong id, ulong next, bool isLearner, InflightWindow window)
{
    private ulong sentCommit;

    public ulong Id => id;

    public bool IsLearner { get; set; } = isLearner;

    public ulong Match { get; private set; }

    public ulong Next { get; private set; } = next;

    public FollowerState State { get; private set; }

    /// <summary>The index of the snapshot under way; 0: none.</summary>
    public ulong PendingSnapshot { get; private set; }

    /// <summary>Heard from since the last look at the quorum.</summary>
    public bool IsRecentlyActive { get; set; }

    /// <summary>No append until a heartbeat is answered: a probe is out, or the window is full.</summary>
    public bool IsHeld { get; set; }

    public InflightWindow Window => window;

    public bool IsPaused => State == FollowerState.Snapshot || IsHeld;

    /// <summary>A full window still lets empty appends through, or a window of lost messages would stay full.</summary>
    public bool MayCarryEntries => State != FollowerState.Replicate || !window.IsFull;

    public void Probe()
    {
        ulong afterSnapshot = State == FollowerState.Snapshot ? PendingSnapshot + 1 : 0;
        Enter(FollowerState.Probe);
        Next = Math.Max(Match + 1, afterSnapshot);
        sentCommit = Math.Min(sentCommit, Next - 1);
    }

    public void Replicate()
    {
        Enter(FollowerState.Replicate);
        Next = Match + 1;
    }

    public void AwaitSnapshot(ulong index)
    {
        Enter(FollowerState.Snapshot);
        PendingSnapshot = index;
        Next = index + 1;
        sentCommit = index;
    }

    public void SnapshotFailed()
    {
        PendingSnapshot = 0;
        Probe();
    }

    public void Sent(int entryCount, long payloadBytes)
    {
        if (State == FollowerState.Replicate)
        {
            if (entryCount > 0)
            {
                Next += (ulong)entryCount;
                window.Add(Next - 1, payloadBytes);
            }

            IsHeld = window.IsFull;
            return;
        }

        Invariant.Holds(State == FollowerState.Probe);
        IsHeld |= entryCount > 0;
    }

    public void SentCommit(ulong index) => sentCommit = index;

    /// <summary>Whether telling it this commit index could move its own.</summary>
    public bool CouldUse(ulong commit) => commit > sentCommit && sentCommit < Next - 1;

    public bool TryMatch(ulong index)
    {
        if (index <= Match)
        {
            return false;
        }

        Match = index;
        Next = Math.Max(Next, index + 1);
        IsHeld = false;
        return true;
    }

    /// <param name="refused">The place in front of the refused append.</param>
    /// <param name="guess">Where the logs may meet.</param>
    /// <returns>False: the refusal is old.</returns>
    public bool TryStepBack(ulong refused, ulong guess)
    {
        if (State == FollowerState.Replicate)
        {
            if (refused <= Match)
            {
                return false;
            }

            Next = Match + 1;
        }
        else
        {
            if (Next - 1 != refused)
            {
                return false;
            }

            Next = Math.Max(Math.Min(refused, guess + 1), Match + 1);
            IsHeld = false;
        }

        sentCommit = Math.Min(sentCommit, Next - 1);
        return true;
    }

    public FollowerStatus ToStatus() => new(id, Match, Next, State)
    {
        IsLearner = IsLearner,
        IsRecentlyActive = IsRecentlyActive,
        IsPaused = IsPaused,
        InflightCount = window.Count,
        IsWindowFull = window.IsFull,
        PendingSnapshot = PendingSnapshot,
    };

    private void Enter(FollowerState state)
    {
        IsHeld = false;
        PendingSnapshot = 0;
        State = state;
        window.Clear();
    }
}
