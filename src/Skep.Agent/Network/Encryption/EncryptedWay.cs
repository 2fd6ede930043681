using System.Net;
using System.Security.Cryptography;
using Skep.Linux;
using Skep.Linux.Files;
using Skep.Linux.Netlink;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Encryption;

/// <summary>The way to other nodes that nobody can listen on: one WireGuard link of this node.</summary>
/// <remarks>
/// The tunnels of encrypted networks have their ends at addresses inside of this link. When it is not there, these
/// addresses lead nowhere, so nothing can leave in clear. The secret key is made here, lives in memory and in the exec
/// root, and is a new one whenever the link is made anew. Thread-safe.
/// </remarks>
public sealed class EncryptedWay : IDisposable
{
    /// <summary>What the links' names begin with, of every daemon on this machine.</summary>
    public const string LinkPrefix = "skw";

    private const int PrefixBits = 16;

    private readonly string link;
    private readonly string keyPath;
    private readonly WireGuardProgram program;
    private readonly Func<RouteSocket> openHost;
    private readonly Log log;
    private readonly SemaphoreSlim gate = new(1, 1);
    private byte[]? secret;
    private Dictionary<string, WireGuardPeer>? peers;
    private volatile string publicKey = "";
    private volatile bool isUp;

    public EncryptedWay(Instance instance, TimeProvider time, Log log)
        : this(instance, time, log, static () => new RouteSocket())
    {
    }

    internal EncryptedWay(Instance instance, TimeProvider time, Log log, Func<RouteSocket> openHost)
    {
        link = LinkPrefix + instance.Id;
        keyPath = Path.Combine(instance.ExecRoot, "wireguard.key");
        program = new WireGuardProgram(instance, link, time);
        this.openHost = openHost;
        this.log = log;
    }

    /// <summary>In base64; empty: this node cannot take part in encrypted networks.</summary>
    public string PublicKey => publicKey;

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
        bool isRunning = await program.AnswersAsync(stop);
        if (isRunning && ReadKey() is { } kept)
        {
            Use(kept);
        }
        else
        {
            MakeKey();
        }
    }

    /// <summary>Makes the link when a network needs it, and tells it who is there.</summary>
    /// <returns>False: something went wrong, and it is to be tried again.</returns>
    public async Task<bool> ApplyAsync(NetworkState state, CancellationToken stop)
    {
        if (secret is null
            || WireGuardPeers.AddressOf(state, state.Self) is not { } own
            || !state.Networks.Values.Any(n => n.IsEncrypted))
        {
            return true;
        }

        await gate.WaitAsync(stop);
        try
        {
            await ApplyAsync_NeedsGate(state, own, stop);
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
        if (secret is not null)
        {
            MakeKey();
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
            File.Delete(keyPath);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task ApplyAsync_NeedsGate(NetworkState state, IPAddress own, CancellationToken stop)
    {
        using RouteSocket host = openHost();
        if (!await program.AnswersAsync(stop))
        {
            peers = null;
            await program.StartAsync(stop);
            log.Info("encrypted networks have their own link", ("link", link));
        }

        bool isNew = peers is null;
        if (peers is null)
        {
            string key = Convert.ToHexStringLower(secret!);
            await program.SetAsync($"private_key={key}\nlisten_port={WireGuardPeers.PortOf(state)}\n", stop);
            peers = WireGuardPeers.Read(await program.GetAsync(stop));
        }

        Dictionary<string, WireGuardPeer> wanted = WireGuardPeers.Of(state);
        string change = WireGuardPeers.Change(peers, wanted);
        if (change.Length > 0)
        {
            await program.SetAsync(change, stop);
            peers = wanted;
        }

        SetUp(host, state, own);
        isUp = true;
        if (isNew)
        {
            await RaiseBuffersAsync(stop);
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
        int mtu = (carried > 0 ? carried : Overlay.OverlayWish.EthernetMtu) - EncryptionLimits.OverheadBytes;
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

    private void MakeKey()
    {
        byte[] made = Curve25519.Clamp(RandomNumberGenerator.GetBytes(Curve25519.KeyBytes));
        WriteKey(made);
        Use(made);
    }

    private void Use(byte[] key)
    {
        secret = key;
        publicKey = Convert.ToBase64String(Curve25519.PublicOf(key));
    }

    private byte[]? ReadKey()
    {
        if (!File.Exists(keyPath) || new FileInfo(keyPath).Length > EncryptionLimits.KeyFileBytes)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[Curve25519.KeyBytes];
        return Convert.TryFromBase64String(File.ReadAllText(keyPath).Trim(), key, out int count) && count == key.Length
            ? key.ToArray()
            : null;
    }

    private void WriteKey(byte[] key)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(keyPath)!);
        DurableFile.Replace(
            keyPath,
            System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
