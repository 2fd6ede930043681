using Skep.Manager.Storage;
using Skep.Raft;
using Skep.Swarm;
using Skep.Swarm.Store;

namespace Skep.Manager.Consensus;

/// <summary>Something a caller waits for; the driver ends it exactly once.</summary>
/// <remarks>
/// Three answers exist for what changes the log: done, certainly not done, and unknown (checklist 39). A caller that
/// stops waiting changes nothing.
/// </remarks>
public abstract class PendingRequest : DriverInput
{
    /// <summary>Ticks since the driver took it.</summary>
    internal int Ticks { get; set; }

    internal abstract void Refuse(RefusedException reason);

    /// <summary>Called once, before the answer is given.</summary>
    /// <param name="isDone">False: it was refused.</param>
    internal virtual void Ended(bool isDone)
    {
    }
}

/// <summary>A request that is answered with a value.</summary>
public abstract class PendingRequest<T> : PendingRequest
{
    private readonly TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Outcome => outcome.Task;

    internal void Complete(T value)
    {
        Ended(isDone: true);
        outcome.TrySetResult(value);
    }

    internal override void Refuse(RefusedException reason)
    {
        Ended(isDone: false);
        outcome.TrySetException(reason);
    }
}

/// <summary>A read that must see every write acknowledged before it began (checklist 36).</summary>
public sealed class PendingRead : PendingRequest<StoreSnapshot>;

/// <summary>A change of the members on its way through the log. Answered with the members after it.</summary>
public sealed class PendingChange(ConfChange change) : PendingRequest<MemberList>
{
    public ConfChange Change => change;

    internal ulong Index { get; set; }

    internal ulong Term { get; set; }
}

/// <summary>Leadership is to go to another member. Answered with who leads then.</summary>
/// <param name="to">0: to whoever is furthest.</param>
public sealed class PendingTransfer(ulong to) : PendingRequest<ulong>
{
    public ulong To => to;
}

/// <summary>The log is to be written with a new key. Answered when nothing on the disk needs the older one.</summary>
public sealed class PendingRotation(StorageKeys keys) : PendingRequest<StorageKeys>
{
    public StorageKeys Keys => keys;
}
