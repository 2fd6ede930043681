using System.Net;
using System.Net.Sockets;
using Skep.Linux;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Balancing;

/// <summary>Leads the virtual addresses of services to their tasks, inside every task's own namespace.</summary>
/// <remarks>
/// Thread-safe. All namespaces share one numbering of targets, so a change is thought out once, and each namespace that
/// is on the network gets the same few elements.
/// </remarks>
public sealed class VirtualAddresses(TimeProvider time, Log log) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<string, TaskSpace> spaces = [];
    private readonly Balance balance = new(keepsDeserted: true);
    private NetworkState known = NetworkState.Empty;
    private bool isTold;
    private long driftCount;

    /// <summary>Things in the kernel that were found to be other than they were left, and were repaired.</summary>
    public long DriftCount => Interlocked.Read(ref driftCount);

    /// <summary>Virtual addresses of these networks work inside this namespace from now on.</summary>
    /// <remarks>A namespace of an earlier daemon keeps what it has until the networks' state is known.</remarks>
    /// <param name="namespacePath">Where the namespace is mounted.</param>
    public async Task OpenAsync(
        string containerId, string namespacePath, IReadOnlyCollection<NetworkId> networks, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            Close_NeedsLock(containerId);
            var space = new TaskSpace(namespacePath, networks.ToHashSet());
            spaces.Add(containerId, space);
            if (isTold)
            {
                space.Write(balance);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Lets go of the namespace, before its links are removed. No error if it is unknown.</summary>
    public async Task CloseAsync(string containerId, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            Close_NeedsLock(containerId);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Brings the kernel in line. What it returns from is true in the kernel.</summary>
    public async Task ApplyAsync(NetworkStep news, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            news = news.From(known);
            known = news.After;
            BalanceStep step = news.IsAboutServices
                ? balance.MoveTo(VipWish.Of(known))
                : balance.Move(VipWish.Moves(news));
            bool isFirst = !isTold;
            isTold = true;
            ErrnoException? failure = null;
            foreach (TaskSpace space in spaces.Values)
            {
                try
                {
                    Bring(space, step, isFirst);
                }
                catch (ErrnoException e)
                {
                    // The others must not miss this step; this one gets everything with the next.
                    space.Doubt();
                    failure ??= e;
                }
            }

            if (failure is not null)
            {
                throw failure;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Repairs every <see cref="NetworkLimits.OverlayRepair"/> until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(NetworkLimits.OverlayRepair, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                if (await RepairAsync(stop) is > 0 and var found)
                {
                    log.Warn("addresses of services did not lead where they should", ("repaired", found));
                }
            }
            catch (ErrnoException e)
            {
                log.Error("addresses of services could not be repaired", ("reason", e.Message));
            }
        }
    }

    /// <summary>Compares every namespace with what it should hold, and writes anew what is not so.</summary>
    /// <returns>How many things were found wrong.</returns>
    public async Task<int> RepairAsync(CancellationToken stop)
    {
        int found = 0;
        string[] containerIds;
        await gate.WaitAsync(stop);
        try
        {
            containerIds = isTold ? [.. spaces.Keys] : [];
        }
        finally
        {
            gate.Release();
        }

        // One after the other and not behind one lock, so that a change never waits for a whole round.
        ErrnoException? failure = null;
        foreach (string containerId in containerIds)
        {
            await gate.WaitAsync(stop);
            try
            {
                if (spaces.TryGetValue(containerId, out TaskSpace? space))
                {
                    found += Repair(space);
                }
            }
            catch (ErrnoException e)
            {
                // Those behind it are looked at all the same.
                failure ??= e;
            }
            finally
            {
                gate.Release();
            }
        }

        return failure is null ? found : throw failure;
    }

    public void Dispose()
    {
        foreach (TaskSpace space in spaces.Values)
        {
            space.Dispose();
        }

        spaces.Clear();
        gate.Dispose();
    }

    private void Close_NeedsLock(string containerId)
    {
        if (spaces.Remove(containerId, out TaskSpace? space))
        {
            space.Dispose();
        }
    }

    private void Bring(TaskSpace space, BalanceStep step, bool isFirst)
    {
        if (isFirst || !space.IsWritten)
        {
            Attempt(space, () => space.Write(balance));
        }
        else
        {
            Change(space, step);
        }
    }

    private void Change(TaskSpace space, BalanceStep step)
    {
        BalanceChange[] own = [.. step.Changes.Where(change => space.Knows(change.Key))];
        if (own.Length + step.NewDraws.Count + step.LostDraws.Count == 0)
        {
            return;
        }

        Attempt(space, () => space.Change(step with { Changes = own }));
        foreach (IGrouping<AddressFamily, BalanceChange> family in own.GroupBy(change => change.Key.Family))
        {
            HashSet<IPAddress> withdrawn = [.. family.SelectMany(c => c.Withdrawn).Select(t => t.Address)];
            if (withdrawn.Count > 0)
            {
                Attempt(space, () => space.ForgetFlows(family.Key, withdrawn));
            }
        }
    }

    private int Repair(TaskSpace space)
    {
        int found = 0;
        Attempt(space, () =>
        {
            found = space.IsWritten ? space.CountDrift(balance) : 0;
            if (found > 0 || !space.IsWritten)
            {
                space.Write(balance);
            }
        });
        Interlocked.Add(ref driftCount, found);
        return found;
    }

    /// <summary>A table that is not as it was left is written anew; a namespace that ended is passed over.</summary>
    private void Attempt(TaskSpace space, Action change)
    {
        try
        {
            change();
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.EEXIST or Errno.EBUSY)
        {
            Interlocked.Increment(ref driftCount);
            if (Linux.Namespaces.NetworkNamespace.IsMounted(space.Path))
            {
                space.Write(balance);
            }
        }
    }
}
