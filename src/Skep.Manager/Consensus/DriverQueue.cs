namespace Skep.Manager.Consensus;

/// <summary>What waits for the driver's next step: while one step syncs, the next gathers (group commit).</summary>
/// <remarks>
/// Any thread adds, the driver's thread takes. Every kind has a bound: messages of peers beyond it are dropped (Raft
/// repairs that), requests beyond it are refused. What a part of the driver itself
/// reports is bounded by what the driver started.
/// </remarks>
internal sealed class DriverQueue
{
    // A monitor, for the driver's thread sleeps on it at once. What spins first, as a semaphore does, takes the
    // processor from those who are to bring the next input.
    private readonly object gate = new();
    private bool isWoken;
    private List<DriverInput> waiting = [];
    private int waitingMessages;
    private int waitingRequests;
    private long messageBytes;
    private bool isClosed;

    /// <returns>False when it was dropped.</returns>
    public bool AddMessage(PeerMessage message)
    {
        int bytes = message.Bytes;
        lock (gate)
        {
            // A single message may be larger than the bound (a snapshot); it goes when nothing else waits.
            bool isFull = waitingMessages >= Limits.WaitingMessages
                || (waitingMessages > 0 && messageBytes + bytes > Limits.WaitingMessageBytes);
            if (isClosed || isFull)
            {
                return false;
            }

            waitingMessages++;
            messageBytes += bytes;
            AddNeedsLock(message);
            return true;
        }
    }

    /// <returns>False when there is no room for it, or the driver has ended.</returns>
    public bool AddRequest(DriverInput request)
    {
        lock (gate)
        {
            if (isClosed || waitingRequests >= Limits.WaitingRequests)
            {
                return false;
            }

            waitingRequests++;
            AddNeedsLock(request);
            return true;
        }
    }

    /// <summary>A report of the driver's own links and workers.</summary>
    public void AddReport(DriverInput report)
    {
        lock (gate)
        {
            if (!isClosed)
            {
                AddNeedsLock(report);
            }
        }
    }

    /// <summary>Takes what waits now; the list given is filled, and what it held before is forgotten.</summary>
    public List<DriverInput> Take(List<DriverInput> spare)
    {
        spare.Clear();
        lock (gate)
        {
            List<DriverInput> inputs = waiting;
            waiting = spare;
            waitingMessages = 0;
            waitingRequests = 0;
            messageBytes = 0;

            // What is taken here needs no step of its own any more.
            isWoken = isClosed;
            return inputs;
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (gate)
            {
                return isClosed;
            }
        }
    }

    public bool HasAny
    {
        get
        {
            lock (gate)
            {
                return waiting.Count > 0;
            }
        }
    }

    /// <summary>Blocks the driver's thread until something waits, or so long.</summary>
    /// <returns>False once the queue is closed.</returns>
    public bool Wait(TimeSpan atMost)
    {
        lock (gate)
        {
            if (!isWoken)
            {
                Monitor.Wait(gate, atMost);
            }

            isWoken = false;
            return !isClosed;
        }
    }

    /// <summary>Nothing is added any more. What still waits can be taken once.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            WakeNeedsLock();
        }
    }

    private void AddNeedsLock(DriverInput input)
    {
        waiting.Add(input);
        WakeNeedsLock();
    }

    private void WakeNeedsLock()
    {
        if (!isWoken)
        {
            isWoken = true;
            Monitor.Pulse(gate);
        }
    }
}
