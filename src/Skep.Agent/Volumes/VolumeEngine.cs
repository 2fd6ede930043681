using System.Text.RegularExpressions;
using Skep.Agent.Events;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Volumes;

/// <summary>A container's reference to a volume, as the containers' owner knows it at start.</summary>
/// <param name="IsRunning">Whether the container has the volume mounted now.</param>
public sealed record VolumeUse(string ContainerId, string VolumeName, bool IsRunning);

/// <summary>Docker's volumes with its local driver: directories, and what their options mount onto them.</summary>
/// <remarks>
/// Thread-safe. Who uses a volume is not stored here: at start the containers say it, so it cannot contradict them.
/// </remarks>
public sealed partial class VolumeEngine
{
    private readonly IdSource ids;
    private readonly TimeProvider time;
    private readonly EventHub events;
    private readonly Log log;
    private readonly VolumeStore store;
    private readonly Lock gate = new();
    private readonly Dictionary<string, VolumeEntry> volumes = [];

    public VolumeEngine(Instance instance, IdSource ids, TimeProvider time, EventHub events, Log log)
    {
        this.ids = ids;
        this.time = time;
        this.events = events;
        this.log = log;
        store = new VolumeStore(instance.DataRoot);
        foreach (VolumeRecord record in store.Load())
        {
            volumes.Add(record.Name, new VolumeEntry(record, store.DataOf(record.Name)));
        }
    }

    /// <summary>Makes a volume, or finds the one of that name, whatever its options are (as Docker does).</summary>
    /// <param name="containerId">Refers to the volume from now on; null: nobody.</param>
    public Volume Create(CreateVolumeRequest request, string? containerId)
    {
        bool isAnonymous = string.IsNullOrEmpty(request.Name);
        string name = isAnonymous ? ids.NewHex() : request.Name!;
        try
        {
            CheckDriver(request.Driver);
            if (FindAndRefer(name, containerId) is { } existing)
            {
                return existing.ToVolume();
            }

            CheckName(name);
            LocalMount.Check(request.DriverOpts);
        }
        catch (RefusedException e)
        {
            throw new RefusedException(e.Kind, $"create {name}: {e.Message}");
        }

        var labels = request.Labels;
        if (isAnonymous)
        {
            labels = new Dictionary<string, string>(labels ?? new Dictionary<string, string>())
            {
                [VolumeRecord.AnonymousLabel] = "",
            };
        }

        return Make(
            new VolumeRecord
            {
                Name = name,
                CreatedAt = time.GetUtcNow(),
                Labels = labels,
                Options = request.DriverOpts,
            },
            containerId);
    }

    private Volume Make(VolumeRecord record, string? containerId)
    {
        string aside = $".new-{record.Name}-{ids.NewHex(8)}";
        VolumeEntry entry;
        try
        {
            store.Prepare(record, aside);
            lock (gate)
            {
                if (volumes.TryGetValue(record.Name, out VolumeEntry? other))
                {
                    // Somebody else made it meanwhile: his is the volume.
                    Refer_NeedsLock(other, containerId);
                    return other.ToVolume();
                }

                store.Publish(aside, record.Name);
                entry = new VolumeEntry(record, store.DataOf(record.Name));
                volumes.Add(record.Name, entry);
                Refer_NeedsLock(entry, containerId);
            }
        }
        finally
        {
            store.Discard(aside);
        }

        store.Sync();
        Publish("create", record.Name, []);
        return entry.ToVolume();
    }

    /// <summary>Ends a container's reference: it was removed.</summary>
    public void Release(string name, string containerId)
    {
        lock (gate)
        {
            volumes.GetValueOrDefault(name)?.Users.Remove(containerId);
        }
    }

    public Volume Inspect(string name) => Find(name).ToVolume();

    /// <param name="force">A volume that does not exist is no error.</param>
    public async Task RemoveAsync(string name, bool force, CancellationToken stop)
    {
        VolumeEntry? entry;
        lock (gate)
        {
            entry = volumes.GetValueOrDefault(name);
        }

        if (entry is not null)
        {
            await RemoveAsync(entry, stop);
        }
        else if (!force)
        {
            throw Missing(name);
        }
    }

    /// <summary>For a volume that goes with its container: one that is used or gone is left alone.</summary>
    internal async Task RemoveUnlessUsedAsync(string name, CancellationToken stop)
    {
        try
        {
            await RemoveAsync(name, force: true, stop);
        }
        catch (RefusedException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            log.Debug("a volume stays", ("volume", name), ("why", e.Message));
        }
    }

    private async Task RemoveAsync(VolumeEntry entry, CancellationToken stop)
    {
        string name = entry.Record.Name;
        await entry.Mounting.WaitAsync(stop);
        try
        {
            string aside;
            lock (gate)
            {
                if (entry.Users.Count > 0)
                {
                    throw new RefusedException(
                        ErrorKind.Conflict,
                        $"remove {name}: volume is in use - [{string.Join(", ", entry.Users.Order())}]");
                }

                if (volumes.GetValueOrDefault(name) != entry)
                {
                    throw Missing(name);
                }

                Unmount(entry);
                aside = store.Withdraw(name, $".old-{name}-{ids.NewHex(8)}");
                volumes.Remove(name);
            }

            store.Sync();
            store.Discard(aside);
        }
        finally
        {
            entry.Mounting.Release();
        }

        Publish("destroy", name, []);
    }

    private VolumeEntry? FindAndRefer(string name, string? containerId)
    {
        lock (gate)
        {
            VolumeEntry? entry = volumes.GetValueOrDefault(name);
            if (entry is not null)
            {
                Refer_NeedsLock(entry, containerId);
            }

            return entry;
        }
    }

    private static void Refer_NeedsLock(VolumeEntry entry, string? containerId)
    {
        if (containerId is not null)
        {
            entry.Users.Add(containerId);
        }
    }

    private VolumeEntry Find(string name)
    {
        lock (gate)
        {
            return volumes.GetValueOrDefault(name) ?? throw Missing(name);
        }
    }

    private void Publish(string action, string name, Dictionary<string, string> attributes)
    {
        attributes["driver"] = VolumeRecord.LocalDriver;
        events.Publish("volume", action, name, attributes);
    }

    private static void CheckDriver(string? driver)
    {
        if (!string.IsNullOrEmpty(driver) && driver != VolumeRecord.LocalDriver)
        {
            throw new RefusedException(
                ErrorKind.NotFound,
                $"error looking up volume plugin {driver}: plugin {GoText.Quote(driver)} not found");
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length == 1)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                "volume name is too short, names should be at least two alphanumeric characters");
        }

        if (!Name().IsMatch(name) || name.Length > VolumeLimits.NameCharacters)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"{GoText.Quote(name)} includes invalid characters for a local volume name, only "
                + "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. "
                + "If you intended to pass a host directory, use absolute path");
        }
    }

    private static RefusedException Missing(string name) =>
        new(ErrorKind.NotFound, $"get {name}: no such volume");

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9_.-]+\z")]
    private static partial Regex Name();
}
