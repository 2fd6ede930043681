using System.Threading.Channels;
using Skep.Swarm.Networking;

namespace Skep.SwarmMode;

// What runs the node between commands. One run at a time; commands hand runs over and wait for what becomes of them.
public sealed partial class SwarmNode
{
    private readonly Channel<NodeRun> starts = Channel.CreateBounded<NodeRun>(1);
    private volatile NodeRun? run;

    /// <summary>
    /// Takes part in the swarm of the disk, if there is one, and in whatever commands say, until stopped.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        folder.Create();
        if (folder.Load() is { } settings)
        {
            Resume(settings);
        }
        else
        {
            // Of a swarm that was left while something went wrong.
            await parts.Tasks.RemoveUnknownAsync(static _ => false, stop);
            await ForgetNetworksAsync(stop);
        }

        while (true)
        {
            NodeRun next = await starts.Reader.ReadAsync(stop);
            await next.RunAsync(stop);
        }
    }

    /// <summary>
    /// A swarm whose beginning was cut off is forgotten: the command had not answered, so nobody relies on it, and
    /// what it was to begin with, the CA's key above all, is nowhere else.
    /// </summary>
    private void Resume(NodeSettings settings)
    {
        if (settings.IsBeginning)
        {
            parts.Log.Warn("the swarm was not complete yet when the daemon ended, and is forgotten: make it again");
            folder.Clear();
            return;
        }

        Start(settings, NodeStart.FromDisk);
    }

    private NodeRun Start(NodeSettings settings, NodeStart start)
    {
        var next = new NodeRun(parts, folder, settings, start);
        run = next;
        Invariant.Holds(starts.Writer.TryWrite(next));
        return next;
    }

    // What is left of them goes when the containers that were on them are gone.
    private Task ForgetNetworksAsync(CancellationToken stop)
    {
        parts.Networks.Session = null;
        return parts.Networks.ApplyAsync(NetworkStep.To(NetworkState.Empty), stop);
    }

    private async Task StopRunAsync()
    {
        if (run is { } present)
        {
            await present.StopAsync();
            run = null;
        }
    }
}
