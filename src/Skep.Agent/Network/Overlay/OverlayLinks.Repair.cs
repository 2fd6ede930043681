using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Overlay;

/// <content>The periodic comparison with the kernel.</content>
public sealed partial class OverlayLinks
{
    /// <summary>Looks again and again whether the kernel still has what it was given.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(
                IsWhole ? NetworkLimits.OverlayRepair : NetworkLimits.OverlayRetry, time, stop);
            NetworkState known;
            lock (gate)
            {
                known = state;
            }

            await encrypted.ApplyAsync(known, stop);
            Repair();
        }
    }

    private bool IsWhole
    {
        get
        {
            lock (gate)
            {
                return spaces.Values.All(s => s.IsWhole);
            }
        }
    }

    /// <summary>Puts right what is not as it should be, and counts what had been right before.</summary>
    internal void Repair()
    {
        lock (gate)
        {
            int found = 0;
            foreach (OverlaySpace space in spaces.Values)
            {
                bool wasWhole = space.IsWhole;
                found += RepairDevices_NeedsLock(space) > 0 && wasWhole ? 1 : 0;
            }

            found += ApplyEntries_NeedsLock(isFresh: true);
            if (found > 0)
            {
                Interlocked.Add(ref drift, found);
                log.Warn("the kernel's overlay networks were not as they should be", ("repaired", found));
            }
        }
    }
}
