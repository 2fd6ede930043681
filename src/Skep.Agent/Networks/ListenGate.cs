using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Agent.Networks;

/// <summary>Holds a task back from callers until it listens to them.</summary>
/// <remarks>
/// A program needs a moment from its start until it listens, and a call that is led there before is refused. So a task
/// whose TCP ports are published on all nodes counts as running when something listens on each of them, or when its
/// time is up: some programs listen to nobody, and run nevertheless. Longer beginnings are what health checks are for.
/// </remarks>
/// <param name="findProcess">The process id of a task's container; null: it does not run.</param>
public sealed class ListenGate(Func<SwarmTask, int?> findProcess, TimeProvider time, Log log)
{
    /// <summary>Ends when the task may be called, or has ended.</summary>
    public async Task WaitAsync(SwarmTask task, CancellationToken stop)
    {
        HashSet<int> awaited = PublishedPorts(task);
        long begun = time.GetTimestamp();
        while (awaited.Count > 0 && findProcess(task) is { } process)
        {
            awaited.ExceptWith(ListeningPorts(TcpTable.Read(process)));
            if (awaited.Count == 0)
            {
                return;
            }

            if (time.GetElapsedTime(begun) >= NetworkSessionLimits.Listen)
            {
                log.Info(
                    "nothing listens on published ports of a task, which counts as running",
                    ("task", task.Id), ("ports", string.Join(", ", awaited.Order())));
                return;
            }

            await Task.Delay(NetworkSessionLimits.ListenLook, time, stop);
        }
    }

    internal static HashSet<int> PublishedPorts(SwarmTask task) =>
    [
        .. (task.Endpoint?.Ports ?? default)
            .Where(static port => port is { PublishMode: PublishMode.Ingress, Protocol: PortProtocol.Tcp })
            .Select(static port => (int)port.TargetPort),
    ];

    /// <summary>Those that others reach.</summary>
    internal static IEnumerable<int> ListeningPorts(IEnumerable<TcpTable.Entry> entries) =>
        entries.Where(static entry => entry is { IsListening: true, IsOnLoopback: false })
            .Select(static entry => entry.Port);
}
