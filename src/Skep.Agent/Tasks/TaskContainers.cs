using System.Runtime.CompilerServices;
using Skep.Agent.Containers;
using Skep.Agent.Images;
using Skep.Agent.Logs;
using Skep.Agent.Network;
using Skep.Agent.Secrets;
using Skep.Docker.Engine;
using Skep.Docker.Templates;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;
using Skep.Swarm.Services;
using ContainerSpec = Skep.Swarm.Objects.ContainerSpec;
using LogQuery = Skep.Swarm.ServiceLogs.LogQuery;
using NetworkAttachmentSpec = Skep.Swarm.Objects.NetworkAttachmentSpec;
using NodeDescription = Skep.Swarm.Objects.NodeDescription;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;

namespace Skep.Agent.Tasks;

/// <summary>What tasks' containers are made with.</summary>
public sealed record TaskContainerParts
{
    public required ContainerEngine Containers { get; init; }

    public required ImageEngine Images { get; init; }

    public required NetworkEngine Networks { get; init; }

    public required SecretFiles Files { get; init; }

    /// <summary>This node, as templates see it.</summary>
    public required Func<NodeDescription> Node { get; init; }

    /// <summary>Ends when a task that has been started may be called by others, or has ended.</summary>
    public required Func<SwarmTask, CancellationToken, Task> BeforeCalls { get; init; }

    /// <summary>
    /// Takes a task out of every node's traffic before its container is stopped: ends when nothing new can arrive.
    /// </summary>
    public required Func<SwarmTask, CancellationToken, Task> BeforeStop { get; init; }

    /// <summary>An image that is here is used without asking its registry for a newer one.</summary>
    public required bool PrefersLocalImages { get; init; }

    public required Log Log { get; init; }
}

/// <summary>Carries out tasks with the engine's containers.</summary>
/// <remarks>
/// Keeps nothing of a task: everything is found by the container's name, which has the task's id in it. So it makes no
/// difference which daemon began what.
/// </remarks>
public sealed class TaskContainers(TaskContainerParts parts) : ITaskRuntime
{
    private readonly TaskImages images = new(parts.Images, parts.PrefersLocalImages, parts.Log);
    private readonly SemaphoreSlim starts = new(TaskLimits.StartsAtOnce);

    public void Check(SwarmTask task)
    {
        ContainerSpec container = task.Spec.Runtime switch
        {
            ContainerSpec spec => spec,
            NetworkAttachmentSpec => throw new RefusedException(
                ErrorKind.Unsupported, "this node cannot attach containers to networks of the swarm yet"),
            GenericRuntimeSpec generic => throw new RefusedException(
                ErrorKind.Unsupported, $"unsupported runtime type: \"{generic.Kind}\""),
            _ => throw new RefusedException(ErrorKind.Unsupported, "unsupported runtime: the task has none"),
        };
        if (container.Image.Length == 0)
        {
            throw new RefusedException(ErrorKind.Invalid, "dockerexec: image required");
        }

        TaskNetworks.Check(task);
        TaskPrivileges.Check(container.Privileges);
        ContainerSpec expanded = Expand(task);
        TaskMounts.Check(expanded.Mounts);
        SecretFiles.Check(expanded);
    }

    public async Task PrepareAsync(SwarmTask task, CancellationToken stop)
    {
        string name = TaskNames.Of(task);
        if (parts.Containers.FindStand(name) is not null)
        {
            return;
        }

        ContainerSpec container = Expand(task);
        RefusedException? pullError = await images.TryPullAsync(container, stop);
        CreateContainerRequest request = TaskRequest.Build(task, container);
        await starts.WaitAsync(stop);
        try
        {
            await parts.Containers.CreateForTaskAsync(name, request, parts.Files.PlacesOf(task, container), stop);
        }
        catch (RefusedException e) when (e.Kind == ErrorKind.NotFound && pullError is not null)
        {
            // That the image is missing is no news: why it could not be fetched is.
            throw pullError;
        }
        finally
        {
            starts.Release();
        }
    }

    public async Task<TaskEnd?> StartAsync(SwarmTask task, CancellationToken stop)
    {
        string name = TaskNames.Of(task);
        ContainerStand stand = parts.Containers.FindStand(name) ?? throw Missing(name);
        if (stand.State.Phase == ContainerPhase.Created)
        {
            await StartNowAsync(task, name, stop);
        }

        HealthTurn turn = await parts.Containers.WaitForHealthAsync(name, stop);
        if (turn != HealthTurn.Well)
        {
            return await EndOfAsync(task, name, turn, stop);
        }

        await parts.BeforeCalls(task, stop);
        return null;
    }

    public async Task<TaskEnd?> WaitAsync(SwarmTask task, CancellationToken stop)
    {
        string name = TaskNames.Of(task);
        if (parts.Containers.FindStand(name) is null)
        {
            throw Missing(name);
        }

        HealthTurn turn = await parts.Containers.WaitForTroubleAsync(name, stop);
        return turn == HealthTurn.Ill ? null : await EndOfAsync(task, name, turn, stop);
    }

    public Task<TaskEnd> EndIllAsync(SwarmTask task, CancellationToken stop) =>
        EndOfAsync(task, TaskNames.Of(task), HealthTurn.Ill, stop);

    public async Task StopAsync(SwarmTask task, CancellationToken stop)
    {
        string name = TaskNames.Of(task);
        if (parts.Containers.FindStand(name) is not { } stand)
        {
            return;
        }

        try
        {
            if (stand.State.Phase is ContainerPhase.Running or ContainerPhase.Paused)
            {
                await parts.BeforeStop(task, stop);
                await parts.Containers.StopAsync(stand.Id, timeoutSeconds: null, signal: null, stop);
            }
        }
        catch (RefusedException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.NotModified)
        {
            // It has ended meanwhile, or somebody removed it.
        }

        parts.Files.Remove(task.Id);
        await parts.Networks.ForgetAsync(name, stop);
    }

    public async Task RemoveAsync(SwarmTask task, CancellationToken stop)
    {
        if (parts.Containers.FindStand(TaskNames.Of(task)) is { } stand)
        {
            await RemoveContainerAsync(stand, stop);
        }

        parts.Files.Remove(task.Id);
    }

    public TaskFacts? FactsOf(SwarmTask task) =>
        parts.Containers.FindStand(TaskNames.Of(task)) is { } stand
            ? new TaskFacts(
                new ContainerStatus
                {
                    ContainerId = stand.Id,
                    Pid = stand.State.Pid,
                    ExitCode = stand.State.ExitCode,
                },
                TaskPorts.StatusOf(stand.Ports))
            : null;

    public async IAsyncEnumerable<SwarmLogLine> ReadLogAsync(
        SwarmTask task, LogQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        string name = TaskNames.Of(task);
        if (query.Follow)
        {
            await parts.Containers.WaitForStartAsync(name, stop);
        }

        await foreach (LogLine line in parts.Containers.ReadLogAsync(name, TaskLogs.ToEngine(query), stop))
        {
            yield return TaskLogs.ToSwarm(task, line);
        }
    }

    public async Task RemoveUnknownAsync(Func<string, bool> isKnown, CancellationToken stop)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = TaskLimits.StartsAtOnce, CancellationToken = stop,
        };
        await Parallel.ForEachAsync(parts.Containers.ListStands(), options, async (stand, end) =>
        {
            string task = stand.Labels.GetValueOrDefault(TaskLabels.TaskId) ?? "";
            if (!isKnown(task))
            {
                parts.Log.Info(
                    "removing a container whose task is gone", ("container", stand.Name), ("task", task));
                await RemoveContainerAsync(stand, end);
                parts.Files.Remove(new TaskId(task));
            }
        });
    }

    private static RefusedException Missing(string name) =>
        new(ErrorKind.NotFound, $"No such container: {name}");

    private ContainerSpec Expand(SwarmTask task) =>
        new TaskTemplate(task, parts.Node()).Expand(task.Spec.Container!);

    private async Task StartNowAsync(SwarmTask task, string name, CancellationToken stop)
    {
        ContainerSpec container = Expand(task);
        TaskMounts.CheckSources(container.Mounts);
        await parts.Networks.LearnAsync(name, TaskNetworks.Overlays(task), stop);
        await starts.WaitAsync(stop);
        try
        {
            parts.Files.Write(task, container, parts.Node());
            await parts.Containers.StartAsync(name, stop);
        }
        catch (RefusedException e) when (e.Kind == ErrorKind.NotModified)
        {
            // Somebody was quicker by hand.
        }
        catch (RefusedException e)
        {
            parts.Files.Remove(task.Id);
            await parts.Networks.ForgetAsync(name, CancellationToken.None);
            throw new RefusedException(e.Kind, $"starting container failed: {e.Message}", e);
        }
        finally
        {
            starts.Release();
        }
    }

    /// <summary>How it ended; one that is ill is ended first.</summary>
    private async Task<TaskEnd> EndOfAsync(SwarmTask task, string name, HealthTurn turn, CancellationToken stop)
    {
        if (turn == HealthTurn.Ill)
        {
            await StopAsync(task, stop);
        }

        parts.Files.Remove(task.Id);
        await parts.Networks.ForgetAsync(name, CancellationToken.None);
        RunState state = parts.Containers.FindStand(name)?.State ?? throw Missing(name);
        return new TaskEnd(
            state.ExitCode,
            turn == HealthTurn.Ill ? "dockerexec: unhealthy container"
            : state.OomKilled && state.ExitCode != 0 ? "out of memory"
            : state.Error);
    }

    private async Task RemoveContainerAsync(ContainerStand stand, CancellationToken stop)
    {
        await parts.Networks.ForgetAsync(stand.Name, stop);
        try
        {
            await parts.Containers.RemoveAsync(stand.Id, force: true, removeVolumes: true, stop);
        }
        catch (RefusedException e) when (e.Kind == ErrorKind.NotFound)
        {
            // Somebody was quicker by hand.
        }
    }
}
