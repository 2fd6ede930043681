using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Agent.Networks;

/// <summary>Lets a task that is to end finish what it has begun, before the first signal.</summary>
/// <remarks>
/// First every node stops to send it anything new and says so; then its connections have time to end by themselves.
/// The service's label skep.drain says how long, such as 30s; 0 waits for none.
/// </remarks>
/// <param name="findProcess">The process id of a task's container; null: it does not run.</param>
public sealed class Draining(
    SwarmNetworks networks, Func<SwarmTask, int?> findProcess, TimeProvider time, Log log)
{
    /// <summary>Ends when the task may be told to end.</summary>
    public async Task RunAsync(SwarmTask task, CancellationToken stop)
    {
        // What is to go on, is not known as ill and yet is stopped was taken away, or never served.
        bool isKnownToEnd = task.DesiredState > TaskState.Running || TaskTraffic.IsIll(task.Status);
        if (!isKnownToEnd || !TaskTraffic.IsReachedFromOtherNodes(task))
        {
            return;
        }

        await networks.AwaitWithdrawalAsync(task, stop);
        TimeSpan bound = TrafficLabels.DrainOf(task.ServiceAnnotations.Labels);
        long begun = time.GetTimestamp();
        int quietLooks = 0;
        while (time.GetElapsedTime(begun) < bound && findProcess(task) is { } process)
        {
            int count = OpenConnections.Count(process);
            quietLooks = count == 0 ? quietLooks + 1 : 0;
            if (quietLooks == NetworkSessionLimits.QuietLooks)
            {
                return;
            }

            if (count > 0 && time.GetElapsedTime(begun) + NetworkSessionLimits.DrainLook >= bound)
            {
                log.Info("a task ends with connections left", ("task", task.Id), ("connections", count));
            }

            await Task.Delay(NetworkSessionLimits.DrainLook, time, stop);
        }
    }
}
