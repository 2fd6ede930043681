using System.Globalization;
using Skep.Agent.Containerd.Wire;
using Skep.Linux.Processes;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

// What a start leaves that a crash cut off: a task that containerd finished making after its client had gone, and a
// shim that containerd has given up and forgotten.
public sealed partial class ContainerEngine
{
    private const int ShimKill = 9;

    private async Task SweepAsync(CancellationToken stop)
    {
        Dictionary<string, TaskProcess> tasks = await ListTasksAsync(stop);
        foreach ((string id, TaskProcess task) in tasks)
        {
            if (!containers.TryGetValue(id, out Container? container))
            {
                await TryClearAsync(id, () => DeleteTaskAsync(id, stop));
            }
            else if (!container.Record.IsAlive)
            {
                // Under the gate: a start that is under way has a task and no record of it yet.
                await WithGateAsync(
                    container,
                    () => container.Record.IsAlive
                        ? Task.CompletedTask
                        : TryClearAsync(id, () => ClearRunAsync(container, TimeSpan.Zero, stop)),
                    stop);
            }
        }

        foreach ((int pid, string id) in Shims().Where(shim => !tasks.ContainsKey(shim.Id)))
        {
            if (!containers.TryGetValue(id, out Container? container))
            {
                EndShim(pid, id);
            }
            else if (!container.Record.IsAlive && container.Gate.CurrentCount > 0)
            {
                await WithGateAsync(container, () => EndShimUnlessNeededAsync(container, pid, stop), stop);
            }
        }
    }

    private async Task EndShimUnlessNeededAsync(Container container, int pid, CancellationToken stop)
    {
        if (!container.Record.IsAlive && !(await ListTasksAsync(stop)).ContainsKey(container.Id))
        {
            EndShim(pid, container.Id);
        }
    }

    // One container that cannot be cleared must not keep the daemon from serving the others.
    private async Task TryClearAsync(string id, Func<Task> clear)
    {
        try
        {
            await clear();
        }
        catch (Exception e) when (e is RpcException or RefusedException)
        {
            parts.Log.Error("what is left of a container cannot be cleared", ("container", id), ("reason", e.Message));
        }
    }

    /// <summary>Shims of this instance: containerd's own words on their command lines say so.</summary>
    private IEnumerable<(int Pid, string Id)> Shims()
    {
        foreach (int pid in ProcessIdentity.All())
        {
            if (ProcessIdentity.Arguments(pid) is [var program, "-namespace", var space, "-id", var id, ..]
                && space == Containerd.Namespace
                && Path.GetFileName(program).StartsWith("containerd-shim", StringComparison.Ordinal))
            {
                yield return (pid, id);
            }
        }
    }

    private void EndShim(int pid, string id)
    {
        parts.Log.Warn("ending a shim that belongs to no container", ("pid", pid), ("id", id));
        foreach (int process in ChildrenOf(pid).Append(pid))
        {
            ProcessWatch.Open(process)?.Signal(ShimKill);
        }
    }

    private static List<int> ChildrenOf(int pid)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task/{pid}/children");
        try
        {
            return [.. File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            // It has ended meanwhile, and its children are somebody else's.
            return [];
        }
    }
}
