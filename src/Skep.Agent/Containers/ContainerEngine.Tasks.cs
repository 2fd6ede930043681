using Skep.Agent.Logs;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Containers;

/// <summary>Where a container stands, for whoever carries out a task with it.</summary>
/// <param name="Ports">Those published on this machine. Keys "80/tcp".</param>
public sealed record ContainerStand(
    string Id,
    string Name,
    RunState State,
    IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Ports)
{
    /// <summary>Its labels; never null.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a wait for a container's health found.</summary>
public enum HealthTurn
{
    /// <summary>It runs, and is healthy as far as anybody can say.</summary>
    Well,
    Ill,
    Ended,
}

// What tasks of the swarm need beyond what users do with containers.
public sealed partial class ContainerEngine
{
    /// <summary>As a user's create, with files that only this container's processes see.</summary>
    /// <param name="files">Sources must be there at each start.</param>
    public async Task<string> CreateForTaskAsync(
        string name, CreateContainerRequest request, IReadOnlyList<HiddenFile> files, CancellationToken stop) =>
        (await CreateAsync(name, request, platform: null, files, stop)).Id;

    /// <summary>Finds a container by its full name.</summary>
    public ContainerStand? FindStand(string name) =>
        names.Find(name) is { } id && containers.TryGetValue(id, out Container? container) ? StandOf(container) : null;

    /// <summary>The containers of tasks, running or not.</summary>
    public IReadOnlyList<ContainerStand> ListStands() =>
        [.. containers.Values.Where(one => one.Record.IsTask).Select(StandOf)];

    /// <summary>Waits until a container is well or ill, or has ended.</summary>
    /// <remarks>Without a healthcheck it is well at once.</remarks>
    public Task<HealthTurn> WaitForHealthAsync(string idOrName, CancellationToken stop) =>
        WaitForTurnAsync(Find(idOrName), isWellEnough: true, stop);

    /// <summary>Waits until a container is ill or has ended.</summary>
    public Task<HealthTurn> WaitForTroubleAsync(string idOrName, CancellationToken stop) =>
        WaitForTurnAsync(Find(idOrName), isWellEnough: false, stop);

    /// <summary>Waits until a container has been started once.</summary>
    public async Task WaitForStartAsync(string idOrName, CancellationToken stop)
    {
        Container container = Find(idOrName);
        Task started = container.Run.Started.Task;
        if (container.Record.State.StartedAt is null)
        {
            await Task.WhenAny(started, container.Removed.Task).WaitAsync(stop);
        }
    }

    /// <summary>A container's log, line by line; followed, it ends with the container's end.</summary>
    public IAsyncEnumerable<LogLine> ReadLogAsync(string idOrName, LogQuery query, CancellationToken stop)
    {
        Container container = Find(idOrName);
        return container.Record.HostConfig.LogConfig.Type == "none"
            ? throw new RefusedException(
                ErrorKind.Unsupported, "configured logging driver does not support reading")
            : LogReader.ReadAsync(store.LogPathOf(container.Id), container.Log, query, stop);
    }

    private ContainerStand StandOf(Container container)
    {
        ContainerRecord record = container.Record;
        return new ContainerStand(record.Id, record.Name, record.State, PlacesOf(record).Ports)
        {
            Labels = record.Config.Labels ?? new Dictionary<string, string>(),
        };
    }

    private static async Task<HealthTurn> WaitForTurnAsync(
        Container container, bool isWellEnough, CancellationToken stop)
    {
        while (true)
        {
            // Both are taken before the look, so that no turn is missed between look and wait.
            Task exit = container.NextExit;
            Task health = container.NextHealthTurn;
            if (!container.Record.IsAlive)
            {
                return HealthTurn.Ended;
            }

            switch (container.Health?.State.Status)
            {
                case "unhealthy":
                    return HealthTurn.Ill;
                case null or "none" or "healthy" when isWellEnough:
                    return HealthTurn.Well;
            }

            await Task.WhenAny(exit, health).WaitAsync(stop);
        }
    }
}
