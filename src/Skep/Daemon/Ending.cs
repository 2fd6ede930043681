using Skep.Agent;
using Skep.Agent.Containerd;
using Skep.Agent.Containers;
using Skep.Agent.Network;
using Skep.Daemon.Options;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>What goes with the daemon when it ends: nothing, its containers, or all it has in the kernel.</summary>
internal sealed class Ending(Instance instance, DaemonOptions options, StopSignals signals, Log log)
{
    private volatile bool isRemoval;

    /// <summary>Ends the daemon, its containers, and whatever of the instance is in the kernel.</summary>
    public void RequestRemoval()
    {
        isRemoval = true;
        log.Info("ending with everything that runs here, as asked");
        signals.RequestStop();
    }

    /// <summary>Stops the containers if they are not to outlive the daemon. The engine must still run.</summary>
    public async Task StopContainersAsync(ContainerEngine containers, CancellationToken stop)
    {
        if (isRemoval)
        {
            await containers.StopAllAsync(grace: null, stop);
        }
        else if (!options.LiveRestore)
        {
            int seconds = options.ShutdownTimeoutSeconds;
            await containers.StopAllAsync(seconds < 0 ? null : TimeSpan.FromSeconds(seconds), stop);
        }
    }

    /// <summary>The last steps, when nothing of the engine runs any more.</summary>
    public async Task FinishAsync(NetworkEngine networks, ContainerdProcess containerd, CancellationToken stop)
    {
        if (isRemoval)
        {
            await networks.ShutdownAsync(stop);
        }

        if (isRemoval || !options.LiveRestore)
        {
            await containerd.StopAsync(stop);
        }

        if (isRemoval)
        {
            KernelState.Remove(instance, options.Containers.CgroupParent, log);
            log.Info("nothing of this instance is left in the kernel");
        }
    }
}
