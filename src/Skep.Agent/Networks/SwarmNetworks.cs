using Skep.Agent.Network;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Agent.Networks;

/// <summary>What this node knows of the swarm's networks, and the data path that follows it.</summary>
/// <remarks>Thread-safe: one state is made true at a time.</remarks>
public sealed class SwarmNetworks(DataPath path, SwarmNames names, Log log) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile NetworkState current = NetworkState.Empty;
    private volatile NetworkSession? session;

    /// <summary>What was told last. The data path may still be on its way there.</summary>
    public NetworkState Current => current;

    /// <summary>The public half of this node's key, in base64; empty: it has none.</summary>
    public string WireGuardKey => path.PublicKey;

    /// <summary>Takes another key if the node's labels ask for one with a word that they did not say before.</summary>
    public Task HeedLabelsAsync(ValueMap<string> labels, CancellationToken stop) =>
        path.HeedKeyWordAsync(TrafficLabels.KeyWordOf(labels), stop);

    /// <summary>Offers another key than this one, which another node has.</summary>
    public Task ReplaceKeyAsync(string refused, CancellationToken stop) => path.ReplaceKeyAsync(refused, stop);

    /// <summary>The largest packet that the routing mesh carries between nodes.</summary>
    public int FullBytes => path.Mesh.Mtu;

    /// <summary>How the node hears of networks; null while it is in no swarm.</summary>
    public NetworkSession? Session
    {
        get => session;
        set => session = value;
    }

    /// <summary>Makes it true on this node; the manager may be told so when this says true.</summary>
    /// <returns>False: the kernel refused something. The parts try again by themselves.</returns>
    public async Task<bool> ApplyAsync(NetworkStep step, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            // Each goes as far as it can: what one cannot do must not keep the others from what they can.
            current = step.After;
            bool isTrue = await TryAsync(path.Overlays.ApplyAsync, step, stop);
            isTrue &= await TryAsync(path.Mesh.ApplyAsync, step, stop);
            isTrue &= await TryAsync(path.Addresses.ApplyAsync, step, stop);
            names.Apply(step);
            return isTrue;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<bool> TryAsync(
        Func<NetworkStep, CancellationToken, Task> part, NetworkStep step, CancellationToken stop)
    {
        try
        {
            await part(step, stop);
            return true;
        }
        catch (Exception e) when (e is RefusedException or (IOException and not SyncFailedException))
        {
            log.Error("the networks of the swarm are not as they should be on this node", ("reason", e.Message));
            return false;
        }
    }

    /// <summary>Ends when no node sends anything new to a task of this node that is ill or to end.</summary>
    public Task AwaitWithdrawalAsync(SwarmTask task, CancellationToken stop) =>
        session?.AwaitWithdrawalAsync(task, stop) ?? Task.CompletedTask;

    public void Dispose() => gate.Dispose();
}
