using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network.Balancing;
using Skep.Linux;
using Skep.Linux.Netlink;
using Skep.Linux.Nftables;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>The routing mesh: this node's way to every task of a published port, and the ports themselves.</summary>
/// <remarks>
/// Thread-safe. What the kernel has is remembered, so a change costs what it changes; every
/// <see cref="MeshLimits.Repair"/> it is read again, and what is not as it should be is repaired and counted.
/// </remarks>
public sealed partial class Mesh : IAsyncDisposable
{
    private readonly MeshNames names;
    private readonly TimeProvider time;
    private readonly Log log;
    private readonly MeshTable table;
    private readonly MeshRelays relays;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Balance balance = new(keepsDeserted: false);
    private MeshKernel? kernel;
    private NftSocket? nft;
    private ConntrackSocket? conntrack;
    private NetworkState state = NetworkState.Empty;
    private bool isUserTableThere;
    private MeshWay way = MeshWay.None;
    private MeshFacts? facts;

    // What was last asked for did not become true as a whole: the next change looks at all that there is, and so does
    // the next repair.
    private bool isUnsure;
    private (IPAddress? Host, int? Mtu) underlay;
    private ILookup<ServiceId, PublishedPortFacts> ports = Array.Empty<PublishedPortFacts>().ToLookup(p => p.Service);
    private string rules = "";
    private volatile int mtu = MeshNumbers.DefaultMtu;
    private long driftCount;

    public Mesh(Instance instance, TimeProvider time, Log log)
    {
        names = new MeshNames(instance.Id);
        this.time = time;
        this.log = log;
        table = new MeshTable(names);
        relays = new MeshRelays(time);
    }

    /// <summary>Things in the kernel that were found to be other than they were left, and were repaired.</summary>
    public long DriftCount => Interlocked.Read(ref driftCount);

    /// <summary>Bytes of the largest packet between nodes.</summary>
    public int Mtu => mtu;

    /// <summary>Brings the kernel in line. What it returns from is true in the kernel.</summary>
    public async Task ApplyAsync(NetworkStep step, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            step = step.From(state);
            state = step.After;

            // Without facts nobody knows what the kernel has.
            bool looksAtAll = isUnsure || facts is null || step.IsAboutNodes;
            isUnsure = true;
            if (looksAtAll)
            {
                Apply_NeedsLock();
            }
            else
            {
                ApplyTasks_NeedsLock(step);
            }

            isUnsure = false;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Removes what it made, but for the users' own rules: for the end of an installation.</summary>
    public async Task RemoveAsync(CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            if (kernel is not null)
            {
                Move_NeedsLock(MeshWay.None);
                nft!.Apply(table.Remove());
                facts = null;
                isUnsure = false;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await relays.DisposeAsync();
        kernel?.Dispose();
        nft?.Dispose();
        conntrack?.Dispose();
        gate.Dispose();
    }

    /// <summary>Puts a task's namespace on the mesh.</summary>
    /// <exception cref="ErrnoException">The kernel refused something; the link may be half made.</exception>
    internal void Attach(string namespacePath, MeshPlace place) =>
        MeshLinks.Attach(names, namespacePath, place, mtu);

    /// <summary>Name of the host's end of the link of a task whose first address this is.</summary>
    internal string LinkOf(IPAddress first) => names.OuterOf(first);

    private void Begin_NeedsLock()
    {
        nft ??= new NftSocket();
        conntrack ??= new ConntrackSocket();
        kernel ??= new MeshKernel(names);
        way = kernel.Read();
    }

    // The owner's rules are about the swarm's traffic: a host in no swarm has no place for them.
    private void OfferUserTable_NeedsLock()
    {
        if (!isUserTableThere && !nft!.ListTables(NftFamily.Inet).Contains(names.UserTable))
        {
            nft.Apply(UserTable.Make(names.UserTable));
        }

        isUserTableThere = true;
    }

    private void Apply_NeedsLock()
    {
        if (kernel is null)
        {
            Begin_NeedsLock();
        }

        IPAddress? host = MeshPeer.SelfOf(state)?.Host;
        if (host is not null && !host.Equals(underlay.Host))
        {
            underlay = (host, kernel!.FindMtu(host));
        }

        MeshWay wanted = MeshWay.Of(state, underlay.Mtu);
        if (wanted.Tunnel is { } tunnel)
        {
            mtu = tunnel.Mtu;
            OfferUserTable_NeedsLock();
            if (way.Tunnel is null)
            {
                Prepare_NeedsLock();
            }
        }

        // A way is there before anybody is led there, and goes only when nobody is.
        MeshWay both = wanted.Tunnel == way.Tunnel ? wanted with { Routes = Together(way, wanted) } : wanted;
        Move_NeedsLock(both);
        ports = state.Ports.Values.ToLookup(port => port.Service);
        ApplyTable_NeedsLock(MeshFacts.Of(state), balance.MoveTo(MeshPorts.Of(state)));
        Move_NeedsLock(wanted);
    }

    private void Move_NeedsLock(MeshWay wanted)
    {
        try
        {
            kernel!.Move(way, wanted);
        }
        catch (ErrnoException)
        {
            // The kernel does not have what we remember. Once more, from what it has.
            way = kernel!.Read();
            Interlocked.Add(ref driftCount, way.CountDifference(wanted));
            kernel.Move(way, wanted);
        }

        way = wanted;
    }

    /// <summary>The wanted routes, and those that are there to places for which none is wanted any more.</summary>
    private static HashSet<MeshRoute> Together(MeshWay there, MeshWay wanted)
    {
        var places = wanted.Routes.Select(r => (r.Destination, r.PrefixBits, r.Table)).ToHashSet();
        return
        [
            .. wanted.Routes,
            .. there.Routes.Where(r => !places.Contains((r.Destination, r.PrefixBits, r.Table))),
        ];
    }

    private void Prepare_NeedsLock()
    {
        MeshSettings.LoosenReversePath();
        MeshSettings.Forward(MeshPeer.FamiliesOf(MeshPeer.IngressOf(state)!).Contains(AddressFamily.InterNetworkV6));
        foreach (NftFamily family in new[] { NftFamily.IPv4, NftFamily.IPv6 })
        {
            var chain = new NftForeignChain(nft!, family, "filter", "FORWARD");
            chain.AcceptLinks(names.Tunnel);
            chain.AcceptLinks(names.TaskPrefix);
        }
    }

    private void ApplyTable_NeedsLock(MeshFacts next, BalanceStep step)
    {
        bool isSame = facts is not null && next.HasRulesOf(facts);
        bool haveSetsChanged = !isSame || (!ReferenceEquals(next, facts) && !next.HasSetsOf(facts!));
        facts = next;
        try
        {
            if (!isSame)
            {
                Replace_NeedsLock();
            }
            else if (haveSetsChanged || step.Changes.Count > 0)
            {
                ChangeTable_NeedsLock(haveSetsChanged ? next : null, step);
            }

            ForgetFlows_NeedsLock(step);
        }
        catch (ErrnoException)
        {
            facts = null; // Nobody knows what the table holds: the next change writes all of it.
            throw;
        }

        if (!isSame || step.Changes.Any(change => change.Before is null || change.After is null))
        {
            relays.Hold(balance.Keys.Keys);
        }
    }

    private void ChangeTable_NeedsLock(MeshFacts? changed, BalanceStep step)
    {
        try
        {
            nft!.Apply(table.Change(changed, step));
            if (step.NewDraws.Count + step.LostDraws.Count > 0)
            {
                rules = Dump().ReadRules();
            }
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.EEXIST or Errno.EBUSY)
        {
            Interlocked.Increment(ref driftCount);
            Replace_NeedsLock();
        }
    }

    private void Replace_NeedsLock()
    {
        nft!.Apply(table.Replace(facts!, balance));
        rules = Dump().ReadRules();
    }

    /// <summary>
    /// Flows of UDP have no end: those to who answers no more would go on for ever, and those to a port that nobody
    /// answered until now would never find out.
    /// </summary>
    private void ForgetFlows_NeedsLock(BalanceStep step)
    {
        foreach (IGrouping<AddressFamily, BalanceChange> family in step.Changes
            .Where(change => change.Key.Protocol == MeshPorts.Udp).GroupBy(change => change.Key.Family))
        {
            bool isIPv4 = family.Key == AddressFamily.InterNetwork;
            HashSet<IPAddress> withdrawn = [.. family.SelectMany(c => c.Withdrawn).Select(t => t.Address)];
            if (withdrawn.Count > 0)
            {
                conntrack!.RemoveAnsweredBy(isIPv4, MeshPorts.Udp, withdrawn);
            }

            foreach (BalanceChange change in family.Where(c => c.Before is null or 0))
            {
                conntrack!.Remove(new ConntrackFilter(isIPv4, MeshPorts.Udp, change.Key.Port, null));
            }
        }
    }

    private NftDump Dump() => new(nft!, NftFamily.Inet, names.Table);
}
