using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.SwarmMode;

namespace Skep.Engine.Endpoints;

/// <summary>What a user asked for when a swarm was made.</summary>
/// <remarks>
/// A new swarm has the usual settings; what was asked for otherwise is its first change. Its leader changes the cluster
/// as well in its first moments, so what was read may be old when it is written, and is read again then.
/// </remarks>
internal static class FirstSettings
{
    public static async Task ApplyAsync(ISwarmControl control, SwarmSpec asked, CancellationToken stop)
    {
        for (int tries = 1; !await TryApplyAsync(control, asked, tries == SwarmLimits.FirstChanges, stop);)
        {
            tries++;
        }
    }

    private static async Task<bool> TryApplyAsync(
        ISwarmControl control, SwarmSpec asked, bool isLast, CancellationToken stop)
    {
        Cluster cluster = await SwarmRequests.ClusterAsync(control, stop);
        ClusterSpec wanted = SwarmSpecs.Merge(asked, cluster.Spec);
        if (wanted == cluster.Spec)
        {
            return true;
        }

        try
        {
            await control.UpdateClusterAsync(cluster.Id, cluster.Meta.Version, wanted, default, stop);
            return true;
        }
        catch (RefusedException refused) when (!isLast && refused.Message.EndsWith(
            SwarmRefusal.OutOfSequence, StringComparison.Ordinal))
        {
            return false;
        }
    }
}
