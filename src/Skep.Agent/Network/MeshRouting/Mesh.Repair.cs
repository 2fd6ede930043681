using System.Net;
using Skep.Agent.Network.Balancing;
using Skep.Linux;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.MeshRouting;

/// <content>The kernel is compared with what it should hold, also when nothing changes.</content>
public sealed partial class Mesh
{
    /// <summary>Repairs until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(MeshLimits.Repair, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                await RepairAsync(stop);
            }
            catch (ErrnoException e)
            {
                log.Error("the routing mesh could not be repaired", ("reason", e.Message));
            }
        }
    }

    /// <returns>How many things were found wrong.</returns>
    public async Task<int> RepairAsync(CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            if (isUnsure)
            {
                Apply_NeedsLock();
                isUnsure = false;
            }

            if (kernel is null)
            {
                return 0;
            }

            if (underlay.Host is { } host && kernel.FindMtu(host) is var mtuNow && mtuNow != underlay.Mtu)
            {
                underlay = (host, mtuNow);
                Apply_NeedsLock();
            }

            int found = RepairWay_NeedsLock() + RepairTable_NeedsLock();
            relays.Hold(balance.Keys.Keys);
            if (found > 0)
            {
                Interlocked.Add(ref driftCount, found);
                log.Warn("the kernel's routing mesh was not as it was left", ("repaired", found));
            }

            return found;
        }
        finally
        {
            gate.Release();
        }
    }

    private int RepairWay_NeedsLock()
    {
        way = MeshWay.Of(state, underlay.Mtu);
        MeshWay there = kernel!.Read();
        int found = there.CountDifference(way);
        if (found > 0)
        {
            kernel.Move(there, way);
        }

        if (way.Tunnel is null || MeshPeer.IngressOf(state) is not { } ingress)
        {
            return found;
        }

        Prepare_NeedsLock();
        IPAddress[] tasks =
        [
            .. state.Endpoints.Values.Where(e => e.Network == ingress.Id && e.Node == state.Self)
                .SelectMany(MeshPeer.AddressesOf),
        ];
        return found + kernel.RepairTaskLinks(tasks);
    }

    private int RepairTable_NeedsLock()
    {
        int found = CountTableDrift_NeedsLock();
        if (found > 0)
        {
            Replace_NeedsLock();
        }

        return found;
    }

    private int CountTableDrift_NeedsLock()
    {
        if (facts is null)
        {
            return 0;
        }

        NftDump dump = Dump();
        if (dump.ReadRules() != rules)
        {
            return 1;
        }

        try
        {
            return MapDrift.Count(dump, MeshTable.Ports, balance, _ => true)
                + MeshTable.Sets.Sum(set => MapDrift.Count(dump, set, MeshTable.ElementsOf(set, facts)));
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENOENT)
        {
            return 1;
        }
    }
}
