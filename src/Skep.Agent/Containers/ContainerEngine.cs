using System.Collections.Concurrent;
using Skep.Agent.Containerd;
using Skep.Agent.Events;
using Skep.Agent.Images;
using Skep.Agent.Mounts;
using Skep.Agent.Network;
using Skep.Agent.Volumes;
using Skep.Linux.Files;
using Skep.Linux.Pipes;
using Skep.Swarm;

namespace Skep.Agent.Containers;

/// <summary>The parts of the engine that containers stand on.</summary>
public sealed record ContainerParts(
    Instance Instance,
    ContainerdClient Containerd,
    ImageEngine Images,
    NetworkEngine Networks,
    VolumeEngine Volumes,
    EventHub Events,
    IdSource Ids,
    TimeProvider Time,
    Log Log);

/// <summary>Containers: made, started, watched, stopped and removed, on containerd and runc.</summary>
/// <remarks>
/// Thread-safe. A container outlives this object: the next one finds it again (<see cref="StartAsync"/>). Disposing
/// lets go of pipes and files and leaves every container running.
/// </remarks>
public sealed partial class ContainerEngine : IAsyncDisposable
{
    private readonly ContainerParts parts;
    private readonly ContainerOptions options;
    private readonly ContainerStore store;
    private readonly ConcurrentDictionary<string, Container> containers = new();
    private readonly ContainerNameTable names = new();
    private readonly Background background;
    private readonly Poller poller = new();

    public ContainerEngine(ContainerParts parts, ContainerOptions options)
    {
        this.parts = parts;
        this.options = options;
        store = new ContainerStore(parts.Instance, parts.Log);
        mounts = new ContainerMounts(parts.Instance, parts.Volumes);
        background = new Background(parts.Log);
    }

    private ContainerdClient Containerd => parts.Containerd;

    private DateTimeOffset Now => parts.Time.GetUtcNow();

    /// <summary>Hears of the ends of processes, until it is stopped. Ends before that only with a failure.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Task first = await Task.WhenAny(ListenAsync(stop), WatchAsync(stop), background.Failed);
        await first;
    }

    public async ValueTask DisposeAsync()
    {
        await background.DisposeAsync();
        foreach (Container container in containers.Values)
        {
            if (container.Streams is { } streams)
            {
                await streams.DisposeAsync();
            }

            container.Log?.Dispose();
        }

        poller.Dispose();
    }

    /// <summary>Finds a container by id, name, or the beginning of an id.</summary>
    /// <exception cref="RefusedException">There is none, or more than one.</exception>
    private Container Find(string idOrName)
    {
        string key = idOrName.StartsWith('/') ? idOrName[1..] : idOrName;
        if (containers.TryGetValue(key, out Container? exact))
        {
            return exact;
        }

        if (names.Find(key) is { } id && containers.TryGetValue(id, out Container? named))
        {
            return named;
        }

        Container[] matching = key.Length == 0
            ? []
            : [.. containers.Values.Where(one => one.Id.StartsWith(key, StringComparison.Ordinal)).Take(2)];
        return matching.Length switch
        {
            1 => matching[0],
            0 => throw new RefusedException(ErrorKind.NotFound, $"No such container: {idOrName}"),
            _ => throw new RefusedException(
                ErrorKind.Invalid, $"Multiple IDs found with provided prefix: {idOrName}"),
        };
    }

    /// <summary>The full id behind a name or the beginning of an id.</summary>
    public string Resolve(string idOrName) => Find(idOrName).Id;

    /// <summary>Runs a change of a container's life, one at a time for each container.</summary>
    private static async Task<T> WithGateAsync<T>(Container container, Func<Task<T>> change, CancellationToken stop)
    {
        await container.Gate.WaitAsync(stop);
        try
        {
            return await change();
        }
        finally
        {
            container.Gate.Release();
        }
    }

    private static Task WithGateAsync(Container container, Func<Task> change, CancellationToken stop) =>
        WithGateAsync(
            container,
            async () =>
            {
                await change();
                return true;
            },
            stop);

    /// <summary>Changes what somebody asked to have changed: refused as a whole if it cannot be written.</summary>
    private void Save(Container container, ContainerRecord record)
    {
        store.Save(record);
        container.Record = record;
    }

    private void SaveState(Container container, Func<RunState, RunState> change) =>
        Note(container, container.Record with { State = change(container.Record.State) });

    /// <summary>
    /// Writes down what has happened. It has happened also if the disk is full: then it is written later.
    /// </summary>
    private void Note(Container container, ContainerRecord record)
    {
        container.Record = record;
        try
        {
            store.Save(record);
            container.IsUnsaved = false;
        }
        catch (IOException e) when (e is not SyncFailedException)
        {
            container.IsUnsaved = true;
            parts.Log.Error(
                "a container's state cannot be written and will be written later",
                ("container", record.Id), ("reason", e.Message));
        }
    }

    private void Publish(Container container, string action, params ReadOnlySpan<(string Key, string Value)> more)
    {
        Dictionary<string, string> attributes = container.EventAttributes();
        foreach ((string key, string value) in more)
        {
            attributes[key] = value;
        }

        parts.Events.Publish("container", action, container.Id, attributes);
    }
}
