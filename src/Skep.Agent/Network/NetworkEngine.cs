using System.Collections.Immutable;
using Skep.Agent.Names;
using Skep.Agent.Events;
using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.Kernel;
using Skep.Agent.Network.Ports;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <summary>Networks of this machine and the containers' places on them.</summary>
/// <remarks>
/// Thread-safe. Changes happen one at a time, behind the gate; lists, inspections and the resolver read the newest
/// snapshot and do not wait. A record is on disk before the kernel hears of it, and gone from the kernel before it is
/// gone from disk, so a crash in between leaves nothing that the next start would not find.
/// </remarks>
public sealed partial class NetworkEngine : IAsyncDisposable
{
    private readonly Instance instance;
    private readonly NetworkOptions options;
    private readonly IdSource ids;
    private readonly TimeProvider time;
    private readonly EventHub events;
    private readonly DataPath path;
    private readonly NetworkFiles files;
    private readonly LinkNames names;
    private readonly AddressPools pools;
    private readonly AddressBook addresses = new();
    private readonly KernelEdge kernel = new();
    private readonly HostPorts ports;
    private readonly NameServer nameServer;
    private readonly HostResolver hostResolver;
    private readonly SemaphoreSlim gate = new(1, 1);

    // The kernel takes as long over many links as over one: those that end meanwhile go together, and hold no thread.
    private readonly Gathering<SandboxRecord> removals;

    private volatile ImmutableDictionary<string, NetworkRecord> networks =
        ImmutableDictionary<string, NetworkRecord>.Empty;

    // By container id.
    private volatile ImmutableDictionary<string, SandboxRecord> sandboxes =
        ImmutableDictionary<string, SandboxRecord>.Empty;

    // By network id; of the networks that have names.
    private volatile ImmutableDictionary<string, NameTable> nameTables =
        ImmutableDictionary<string, NameTable>.Empty;

    /// <exception cref="RefusedException">An option that means nothing.</exception>
    public NetworkEngine(
        Instance instance, NetworkOptions options, IdSource ids, TimeProvider time, EventHub events, DataPath path)
    {
        this.instance = instance;
        this.options = options;
        this.ids = ids;
        this.time = time;
        this.events = events;
        this.path = path;
        files = new NetworkFiles(instance);
        hostResolver = new HostResolver(options.ResolvConfPath);
        names = new LinkNames(instance.Id);
        pools = new AddressPools(options.AddressPools, instance.Id);
        (int first, int last) = EphemeralRange();
        ports = new HostPorts(new PortTable(first, last), time);
        nameServer = new NameServer(ZoneOf, time);
        removals = new Gathering<SandboxRecord>(NetworkLimits.RemovedTogether, RemoveFromKernel);
    }

    private IEnumerable<NetworkRecord> BridgeNetworks =>
        networks.Values.Where(n => n.Driver == NetworkRecord.Bridge);

    /// <summary>Closes this process's sockets; the kernel's state stays, for containers go on.</summary>
    public async ValueTask DisposeAsync()
    {
        await nameServer.DisposeAsync();
        await ports.DisposeAsync();
        kernel.Dispose();
        gate.Dispose();
        removals.Dispose();
    }

    private async Task<T> ChangeAsync<T>(Func<T> change_NeedsLock, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            return change_NeedsLock();
        }
        finally
        {
            gate.Release();
        }
    }

    private NetworkRecord NetworkOf(string id) => networks[id];

    private void Publish(string action, NetworkRecord network, string? containerId)
    {
        var attributes = new Dictionary<string, string> { ["name"] = network.Name, ["type"] = network.Driver };
        if (containerId is not null)
        {
            attributes["container"] = containerId;
        }

        events.Publish("network", action, network.Id, attributes);
    }

    /// <summary>What a container may ask our resolver at this moment.</summary>
    private NameZone? ZoneOf(string containerId)
    {
        if (!sandboxes.TryGetValue(containerId, out SandboxRecord? sandbox))
        {
            return null;
        }

        ImmutableDictionary<string, NameTable> tables = nameTables;
        ImmutableDictionary<string, NameTable> reaching = Volatile.Read(ref swarmTables);
        var own = new List<NameTable>();
        var aliases = new Dictionary<string, string>();
        foreach (EndpointRecord endpoint in sandbox.Endpoints.Where(e => !e.IsHidden))
        {
            if (reaching.TryGetValue(endpoint.NetworkId, out NameTable? table)
                || tables.TryGetValue(endpoint.NetworkId, out table))
            {
                own.Add(table);
            }

            foreach (string link in endpoint.Settings.Links ?? [])
            {
                int colon = link.LastIndexOf(':');
                aliases[link[(colon + 1)..].ToLowerInvariant()] = colon < 0 ? link : link[..colon].TrimStart('/');
            }
        }

        // A container that has no way out must not get one through us (CVE-2024-29018).
        bool leadsOut = EndpointRules.FindGateway(sandbox.Endpoints, networks.GetValueOrDefault) is not null;
        ResolverConfig config = hostResolver.Read().With(options, sandbox.Request);
        return new NameZone(own, aliases, leadsOut ? config.Upstreams : [], config.IsNdotsChosen);
    }

    private void RebuildNames_NeedsLock(string networkId)
    {
        if (networks.GetValueOrDefault(networkId) is { IsOverlay: true })
        {
            return; // The managers tell who is on it.
        }

        if (!networks.TryGetValue(networkId, out NetworkRecord? network) || network.IsPredefined)
        {
            nameTables = nameTables.Remove(networkId);
            return;
        }

        var hosts = new List<(IReadOnlyList<string>, IEnumerable<System.Net.IPAddress>)>();
        foreach (SandboxRecord sandbox in sandboxes.Values)
        {
            foreach (EndpointRecord endpoint in sandbox.Endpoints.Where(e => e.NetworkId == networkId && !e.IsHidden))
            {
                hosts.Add((NetworkViews.DnsNames(sandbox.Request, network, endpoint)!, endpoint.Addresses()));
            }
        }

        nameTables = nameTables.SetItem(networkId, new NameTable(network.Name, hosts));
    }

    /// <summary>
    /// Where this host takes the ports of its own calls from; published ports of chance come from there too.
    /// </summary>
    private static (int First, int Last) EphemeralRange()
    {
        string[] words = (HostSysctl.Read("net/ipv4/ip_local_port_range") ?? "").Split('\t');
        return words.Length == 2
            && int.TryParse(words[0], out int first) && int.TryParse(words[1], out int last)
            && first is > 0 and < 65536 && last >= first && last < 65536
            ? (first, last)
            : (49153, 65535); // Docker's own range when the kernel's cannot be read.
    }
}
