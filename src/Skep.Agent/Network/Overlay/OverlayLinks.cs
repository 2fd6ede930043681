using System.Net;
using Skep.Agent.Network.Encryption;
using Skep.Agent.Network.Kernel;
using Skep.Linux;
using Skep.Linux.Namespaces;
using Skep.Linux.Netlink;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Overlay;

/// <summary>The namespaces, bridges and VXLAN devices of the overlay networks that this node takes part in.</summary>
/// <remarks>
/// A network has a namespace here while a container is on it. Thread-safe: containers come and go from the network
/// engine, and the managers' news from their own stream. What the kernel has is compared with what is wanted on every
/// change and once per <see cref="NetworkLimits.OverlayRepair"/>.
/// </remarks>
public sealed partial class OverlayLinks : IDisposable
{
    private const string Prefix = "ov-";
    private const int IdDigits = 10;

    private readonly Instance instance;
    private readonly TimeProvider time;
    private readonly Log log;
    private readonly EncryptedWay encrypted;
    private readonly Lazy<RouteSocket> host;
    private readonly Lock gate = new();

    // Taken before the gate where both are needed.
    private readonly Lock removing = new();

    // By network id.
    private readonly Dictionary<string, OverlaySpace> spaces = [];
    private NetworkState state = NetworkState.Empty;

    // What is known to be set is not what should be, so the next change has to look at all that there is.
    private bool isUnsure;
    private long drift;

    public OverlayLinks(Instance instance, EncryptedWay encrypted, TimeProvider time, Log log)
        : this(instance, encrypted, time, log, static () => new RouteSocket())
    {
    }

    /// <param name="openHost">Opens a socket in the namespace that the other nodes are reached from.</param>
    internal OverlayLinks(
        Instance instance, EncryptedWay encrypted, TimeProvider time, Log log, Func<RouteSocket> openHost)
    {
        this.instance = instance;
        this.encrypted = encrypted;
        this.time = time;
        this.log = log;
        host = new Lazy<RouteSocket>(openHost);
    }

    /// <summary>How often something in the kernel was not as it should be and was put right.</summary>
    public long Drift => Volatile.Read(ref drift);

    private string Directory => Path.Combine(instance.ExecRoot, "netns");

    /// <summary>Brings the kernel in line. What it returns from is true in the kernel.</summary>
    public async Task ApplyAsync(NetworkStep news, CancellationToken stop)
    {
        if (news.After == NetworkState.Empty)
        {
            await LeaveEncryptionAsync(stop);
        }
        else if (FromHere(news).IsAboutNodes || !encrypted.IsUp)
        {
            await encrypted.ApplyAsync(news.After, stop);
        }

        lock (gate)
        {
            NetworkStep step = news.From(state);
            bool isMoved = state.DataPathPort != step.After.DataPathPort || SelfOf(state) != SelfOf(step.After);
            state = step.After;
            foreach (OverlaySpace space in spaces.Values.Where(s => isMoved || !s.IsWhole))
            {
                isUnsure = true;
                RepairDevices_NeedsLock(space);
            }

            if (isUnsure || step.IsAboutNodes)
            {
                ApplyEntries_NeedsLock(isFresh: false);
            }
            else
            {
                ApplyEndpoints_NeedsLock(step);
            }
        }
    }

    // One that was missed may have been about nodes although this one is not.
    private NetworkStep FromHere(NetworkStep news)
    {
        lock (gate)
        {
            return news.From(state);
        }
    }

    // The other networks end all the same.
    private async Task LeaveEncryptionAsync(CancellationToken stop)
    {
        try
        {
            await encrypted.LeaveAsync(stop);
        }
        catch (ErrnoException e)
        {
            log.Error("the link of the encrypted networks is left behind", ("reason", e.Message));
        }
    }

    /// <summary>Puts a container on a network, which begins on this node if nobody was on it.</summary>
    /// <exception cref="ErrnoException">The kernel refused something.</exception>
    /// <exception cref="RefusedException">It is encrypted, and this node cannot do that.</exception>
    internal void Attach(NetworkRecord network, EndpointRecord endpoint, SandboxSpace container)
    {
        if (network.IsEncrypted && encrypted.PublicKey.Length == 0)
        {
            throw new RefusedException(
                ErrorKind.Unavailable,
                $"network {network.Name} is encrypted, which this node cannot do: wireguard-go was not found");
        }

        lock (gate)
        {
            if (!spaces.TryGetValue(network.Id, out OverlaySpace? space))
            {
                space = Open_NeedsLock(network);
                spaces.Add(network.Id, space);
                RepairDevices_NeedsLock(space);
                ApplyEntries_NeedsLock(isFresh: false);
            }

            space.AddPair(endpoint, container);
        }
    }

    /// <summary>Takes containers' links away, those of one network together. No error if one is gone.</summary>
    internal void Detach(IEnumerable<EndpointRecord> endpoints)
    {
        lock (removing)
        {
            foreach (IGrouping<string, EndpointRecord> leaving in endpoints.GroupBy(static e => e.NetworkId))
            {
                OverlaySpace? space;
                lock (gate)
                {
                    space = spaces.GetValueOrDefault(leaving.Key);
                }

                space?.RemovePairs([.. leaving.Select(static e => e.OuterLink)]);
            }
        }
    }

    /// <summary>Ends a network on this node: nobody is on it any more.</summary>
    internal void Close(string networkId)
    {
        lock (removing)
        {
            lock (gate)
            {
                if (spaces.Remove(networkId, out OverlaySpace? space))
                {
                    space.Remove();
                    space.Dispose();
                }
            }
        }
    }

    /// <summary>For the end of an installation.</summary>
    internal Task RemoveEncryptionAsync(CancellationToken stop) => encrypted.RemoveAsync(stop);

    /// <summary>Takes over what an earlier daemon left, and removes what nobody is on.</summary>
    internal void Adopt(IReadOnlyCollection<NetworkRecord> inUse)
    {
        lock (gate)
        {
            foreach (NetworkRecord network in inUse)
            {
                OverlaySpace space = Open_NeedsLock(network);
                spaces.Add(network.Id, space);
                RepairDevices_NeedsLock(space);
            }

            HashSet<string> kept = [.. inUse.Select(NameOf)];
            foreach (string path in System.IO.Directory.EnumerateFiles(Directory, Prefix + "*"))
            {
                if (!kept.Contains(Path.GetFileName(path)))
                {
                    OverlaySpace.RemoveLeft(path);
                }
            }
        }
    }

    /// <summary>Whether a file among the namespaces is of a network, and not of a container.</summary>
    internal static bool IsOfNetwork(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    public void Dispose()
    {
        lock (gate)
        {
            foreach (OverlaySpace space in spaces.Values)
            {
                space.Dispose();
            }

            spaces.Clear();
            if (host.IsValueCreated)
            {
                host.Value.Dispose();
            }
        }
    }

    private static string NameOf(NetworkRecord network) =>
        Prefix + network.Id[..Math.Min(IdDigits, network.Id.Length)];

    private OverlaySpace Open_NeedsLock(NetworkRecord network)
    {
        string path = Path.Combine(Directory, NameOf(network));
        if (NetworkNamespace.IsMounted(path))
        {
            return OverlaySpace.Enter(network, path);
        }

        NetworkNamespace.Remove(path);
        return OverlaySpace.Create(network, path);
    }

    /// <returns>How many of its devices were not as they should be.</returns>
    private int RepairDevices_NeedsLock(OverlaySpace space)
    {
        try
        {
            IPAddress? local = LocalOf(space.Network.Id, state.Self);
            var wish = OverlayWish.Of(
                space.Network, local, (int)state.DataPathPort, local is null ? 0 : UnderlayMtu(space.Network, local));
            var repair = OverlayRepair.Decide(wish, space.ReadDevices());
            if (repair.IsNothing)
            {
                space.IsWhole = wish.Tunnel is not null;
                return 0;
            }

            space.IsWhole = false;
            space.Carry(repair, wish, host.Value);
            space.IsWhole = wish.Tunnel is not null;
        }
        catch (ErrnoException e)
        {
            // A tunnel with this identifier may be on its way out, or be somebody else's: the next round tries again.
            space.IsWhole = false;
            log.Warn(
                "an overlay network is not whole on this node",
                ("network", space.Network.Name), ("reason", e.Message));
        }

        return 1;
    }

    /// <remarks>The encrypted link's own may be larger than what another network than this one wants.</remarks>
    private int UnderlayMtu(NetworkRecord network, IPAddress local)
    {
        IReadOnlyList<Link> links = host.Value.ListLinks();
        IReadOnlyList<LinkAddress> addresses = host.Value.ListAddresses();
        int found = OverlayWish.UnderlayMtu(local, links, addresses);
        return network.IsEncrypted && HostOf(state.Self) is { } outer
            ? Math.Min(found, EncryptedMtu.InOnePiece(OverlayWish.UnderlayMtu(outer, links, addresses)))
            : found;
    }

    private static PeerFacts? SelfOf(NetworkState state) => state.Peers.GetValueOrDefault(state.Self);

    /// <summary>The address of a node's end of a network's tunnels.</summary>
    /// <remarks>An encrypted network has none until it has a secret one: it never falls back to the other.</remarks>
    private IPAddress? LocalOf(string network, NodeId node) => spaces[network].Network.IsEncrypted
        ? encrypted.IsUp ? WireGuardPeers.AddressOf(state, node) : null
        : HostOf(node) is { } host && (node == state.Self || host.AddressFamily == HostOf(state.Self)?.AddressFamily)
            ? host
            : null; // The kernel refuses ends of two families, and with one such entry many others.

    private IPAddress? HostOf(NodeId node) =>
        state.Peers.TryGetValue(node, out PeerFacts? peer)
        && IPAddress.TryParse(peer.DataPathAddress, out IPAddress? address)
            ? address
            : null;
}
