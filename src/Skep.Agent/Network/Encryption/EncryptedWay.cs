using System.Net;
using Skep.Linux;
using Skep.Linux.Netlink;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Encryption;

/// <summary>The way to other nodes that nobody can listen on: one WireGuard link of this node.</summary>
/// <remarks>
/// The tunnels of encrypted networks have their ends at addresses inside of this link. When it is not there, these
/// addresses lead nowhere, so nothing can leave in clear. The secret key is made here, lives in memory and in the exec
/// root, and is a new one whenever the link is made anew, when it is old, and when somebody asks. Thread-safe.
/// </remarks>
public sealed class EncryptedWay : IDisposable
{
    /// <summary>What the links' names begin with, of every daemon on this machine.</summary>
    public const string LinkPrefix = "skw";

    private const int PrefixBits = 16;

    private readonly string link;
    private readonly WireGuardKey key;
    private readonly WireGuardProgram program;
    private readonly Func<RouteSocket> openHost;
    private readonly Log log;
    private readonly SemaphoreSlim gate = new(1, 1);
    private Dictionary<string, WireGuardPeer>? peers;
    private volatile bool isUp;

    public EncryptedWay(Instance instance, TimeProvider time, Log log)
        : this(instance, time, log, static () => new RouteSocket())
    {
    }

    internal EncryptedWay(Instance instance, TimeProvider time, Log log, Func<RouteSocket> openHost)
    {
        link = LinkPrefix + instance.Id;
        key = new WireGuardKey(Path.Combine(instance.ExecRoot, "wireguard.key"), time);
        program = new WireGuardProgram(instance, link, time);
        this.openHost = openHost;
        this.log = log;
    }

    /// <summary>In base64; empty: this node cannot take part in encrypted networks.</summary>
    public string PublicKey => key.Offered;

    /// <summary>The link is there with this node's address.</summary>
    public bool IsUp => isUp;

    /// <summary>Finds out whether this node can encrypt, and with which key.</summary>
    public async Task BeginAsync(CancellationToken stop)
    {
        if (WireGuardProgram.Find() is null)
        {
            log.Info("networks of the swarm cannot be encrypted on this node", ("missing", "wireguard-go"));
            return;
        }

        // The key of a link that runs on, so that those who speak with it need not learn another one.
        if (!await program.AnswersAsync(stop) || !key.TryLoad())
        {
            key.Make();
        }
    }

    /// <summary>Another word than the last asks for another key.</summary>
    public async Task HeedAsync(string word, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            key.Heed(word);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Offers another key than this one, if no other is offered already: another node has it.</summary>
    public async Task ReplaceKeyAsync(string refused, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            key.Replace(refused);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Makes the link when a network needs it, and tells it who is there.</summary>
    /// <returns>False: something went wrong, and it is to be tried again.</returns>
    public async Task<bool> ApplyAsync(NetworkState state, CancellationToken stop)
    {
        if (WireGuardPeers.AddressOf(state, state.Self) is not { } own)
        {
            return true;
        }

        await gate.WaitAsync(stop);
        try
        {
            string told = state.Peers[state.Self].WireGuardKey;
            bool isNewKey = key.Take(told);
            if (WireGuardPeers.IsDoubled(state))
            {
                // Managers refuse it today, but some store may have it from before.
                log.Warn("another node has this node's key of encrypted networks; a new one is made");
                key.Replace(told);
            }

            if (key.Secret is not null && state.Networks.Values.Any(n => n.IsEncrypted))
            {
                await ApplyAsync_NeedsGate(state, own, isNewKey, stop);
            }

            return true;
        }
        catch (Exception e) when (e is ErrnoException or RefusedException)
        {
            isUp = false;
            peers = null;
            log.Error("encrypted networks do not work on this node", ("reason", e.Message));
            return false;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The swarm was left: its link goes, and the next swarm gets another key.</summary>
    public async Task LeaveAsync(CancellationToken stop)
    {
        await RemoveAsync(stop);
        if (key.Secret is not null)
        {
            key.Make();
        }
    }

    /// <summary>Removes the link, and with it the program ends. No error if there is none.</summary>
    public async Task RemoveAsync(CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            using RouteSocket host = openHost();
            if (host.FindLink(link) is > 0 and var index)
            {
                host.Apply(new RouteBatch().RemoveLink(index, link));
                host.Apply(new RouteBatch().RemoveBlackhole(WireGuardPeers.AddressOf(0), PrefixBits));
            }

            isUp = false;
            peers = null;
            key.Delete();
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task ApplyAsync_NeedsGate(
        NetworkState state, IPAddress own, bool isNewKey, CancellationToken stop)
    {
        using RouteSocket host = openHost();
        if (!await program.AnswersAsync(stop))
        {
            peers = null;
            await program.StartAsync(stop);
            log.Info("encrypted networks have their own link", ("link", link));
        }

        bool isNew = peers is null;
        string secret = $"private_key={Convert.ToHexStringLower(key.Secret!)}\n";
        if (peers is null)
        {
            await program.SetAsync($"{secret}listen_port={WireGuardPeers.PortOf(state)}\n", stop);
            peers = WireGuardPeers.Read(await program.GetAsync(stop));
        }
        else if (isNewKey)
        {
            await program.SetAsync(secret, stop);
        }

        Dictionary<string, WireGuardPeer> wanted = WireGuardPeers.Of(state);
        string change = WireGuardPeers.Change(peers, wanted);
        if (change.Length > 0)
        {
            await program.SetAsync(change, stop);
            peers = wanted;
        }

        if (isNewKey)
        {
            // Whoever has something to send would wait for the next try of one that knew the old key.
            log.Info("encrypted networks use another key of this node", ("link", link));
            await program.SetAsync(WireGuardPeers.Greet(wanted.Keys, isBegun: false), stop);
            await program.SetAsync(WireGuardPeers.Greet(wanted.Keys, isBegun: true), stop);
        }

        SetUp(host, state, own);
        isUp = true;
        if (isNew)
        {
            await RaiseBuffersAsync(stop);
        }

        if (key.IsOld)
        {
            key.Renew();
        }
    }

    // Without it the link works, and loses packets under load.
    private async Task RaiseBuffersAsync(CancellationToken stop)
    {
        try
        {
            await program.RaiseBuffersAsync(stop);
        }
        catch (Exception e) when (e is ErrnoException or RefusedException or DirectoryNotFoundException)
        {
            log.Error("the encrypted link keeps its small buffers", ("link", link), ("reason", e.Message));
        }
    }

    private void SetUp(RouteSocket host, NetworkState state, IPAddress own)
    {
        IReadOnlyList<Link> links = host.ListLinks();
        IReadOnlyList<LinkAddress> addresses = host.ListAddresses();
        Link there = links.FirstOrDefault(l => l.Name == link)
            ?? throw new RefusedException(ErrorKind.Unavailable, $"link {link} is missing");
        string underlay = state.Peers[state.Self].DataPathAddress;
        int carried = IPAddress.TryParse(underlay, out IPAddress? local)
            ? Overlay.OverlayWish.UnderlayMtu(local, links, addresses)
            : 0;
        int mtu = EncryptedMtu.OfLink(carried, state);
        var batch = new RouteBatch();
        foreach (LinkAddress other in addresses.Where(a => a.Link == there.Index && !a.Address.Equals(own)
            && !a.Address.IsIPv6LinkLocal))
        {
            batch.RemoveAddress(there.Index, other.Address, other.PrefixBits);
        }

        if (!addresses.Any(a => a.Link == there.Index && a.Address.Equals(own)))
        {
            batch.AddAddress(there.Index, own, PrefixBits);
        }

        if (there.Mtu != mtu)
        {
            batch.SetMtu(there.Index, mtu);
        }

        // Should the link's own route be lost, its packets must not take the host's way out.
        batch.AddBlackhole(WireGuardPeers.AddressOf(0), PrefixBits);
        host.Apply(there.IsUp ? batch : batch.SetUp(there.Index));
    }
}
