using Skep.Agent.Network.Balancing;
using Skep.Agent.Network.Encryption;
using Skep.Agent.Network.MeshRouting;
using Skep.Agent.Network.Overlay;
using Skep.Swarm;
using Skep.Transport.Parts;

namespace Skep.Agent.Network;

/// <summary>What carries the swarm's networks on this node; containers are put on them by the network engine.</summary>
public sealed class DataPath : IAsyncDisposable
{
    private readonly EncryptedWay encrypted;

    public DataPath(Instance instance, TimeProvider time, Log log)
    {
        encrypted = new EncryptedWay(instance, time, log);
        Overlays = new OverlayLinks(instance, encrypted, time, log);
        Mesh = new Mesh(instance, time, log);
        Addresses = new VirtualAddresses(time, log);
    }

    public OverlayLinks Overlays { get; }

    public Mesh Mesh { get; }

    public VirtualAddresses Addresses { get; }

    /// <summary>The public half of this node's key, in base64; empty: it cannot encrypt.</summary>
    public string PublicKey => encrypted.PublicKey;

    /// <summary>What in the kernel was found other than it was left, and was repaired: a count by part.</summary>
    public IReadOnlyDictionary<string, long> Drift => new Dictionary<string, long>
    {
        ["overlay"] = Overlays.Drift,
        ["mesh"] = Mesh.DriftCount,
        ["addresses"] = Addresses.DriftCount,
    };

    /// <summary>Finds out what this node can do. Before anything else is asked.</summary>
    public Task BeginAsync(CancellationToken stop) => encrypted.BeginAsync(stop);

    /// <summary>Another word than the last asks for another key of this node.</summary>
    public Task HeedKeyWordAsync(string word, CancellationToken stop) => encrypted.HeedAsync(word, stop);

    /// <summary>Offers another key than this one, which another node has.</summary>
    public Task ReplaceKeyAsync(string refused, CancellationToken stop) => encrypted.ReplaceKeyAsync(refused, stop);

    /// <summary>Repairs again and again what somebody else broke in the kernel.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Supervise.RunAsync([Overlays.RunAsync, Mesh.RunAsync, Addresses.RunAsync], stop);

    /// <summary>Closes this process's sockets; the kernel's state stays, for containers go on.</summary>
    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync();
        Addresses.Dispose();
        Overlays.Dispose();
        encrypted.Dispose();
    }
}
