using System.Globalization;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.Agent.Volumes;

// Many volumes at once: list, prune, disk usage.
public sealed partial class VolumeEngine
{
    private int isPruning;

    public VolumeList List(Filters filters)
    {
        filters.RequireKnown("dangling", "name", "driver", "label");
        bool? isDangling = filters.Has("dangling") ? filters.Flag("dangling", whenAbsent: false) : null;
        return new VolumeList
        {
            Volumes =
            [
                .. Select((entry, userCount) =>
                    (isDangling is null || isDangling == (userCount == 0))
                    && filters.MatchesPattern("name", entry.Record.Name)
                    && filters.MatchesExact("driver", VolumeRecord.LocalDriver)
                    && filters.MatchesLabels(entry.Record.Labels)).Select(entry => entry.ToVolume()),
            ],
        };
    }

    /// <summary>Removes plain volumes without a reference: those without a name, or with "all" every one.</summary>
    /// <remarks>Before API 1.42 "all" was the rule: the HTTP layer adds it for such clients.</remarks>
    public async Task<VolumesPruned> PruneAsync(Filters filters, CancellationToken stop)
    {
        filters.RequireKnown("label", "label!", "all");
        bool all = filters.Flag("all", whenAbsent: false);
        if (Interlocked.Exchange(ref isPruning, 1) == 1)
        {
            throw new RefusedException(ErrorKind.Conflict, "a prune operation is already running");
        }

        var removed = new List<string>();
        long reclaimedBytes = 0;
        try
        {
            foreach (VolumeEntry entry in Select((entry, userCount) =>
                userCount == 0 && entry.Record.Options is null or { Count: 0 }
                && (all || IsAnonymous(entry)) && filters.MatchesLabels(entry.Record.Labels)))
            {
                stop.ThrowIfCancellationRequested();
                long bytes = SizeOf(entry, stop);
                try
                {
                    await RemoveAsync(entry, stop);
                }
                catch (RefusedException e) when (e.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
                {
                    // A container took it, or somebody else removed it, since we looked.
                    continue;
                }

                reclaimedBytes += Math.Max(bytes, 0);
                removed.Add(entry.Record.Name);
            }
        }
        finally
        {
            Interlocked.Exchange(ref isPruning, 0);
        }

        events.Publish("volume", "prune", "", new Dictionary<string, string>
        {
            ["reclaimed"] = reclaimedBytes.ToString(CultureInfo.InvariantCulture),
        });
        return new VolumesPruned { VolumesDeleted = removed, SpaceReclaimed = reclaimedBytes };
    }

    /// <summary>Plain volumes with their size on the disk and the number of containers that refer to them.</summary>
    public IReadOnlyList<Volume> Usage(CancellationToken stop)
    {
        var usage = new List<Volume>();
        foreach (VolumeEntry entry in Select((entry, _) => entry.Record.Options is null or { Count: 0 }))
        {
            int userCount;
            lock (gate)
            {
                userCount = entry.Users.Count;
            }

            usage.Add(entry.ToVolume(new VolumeUsage { RefCount = userCount, Size = SizeOf(entry, stop) }));
        }

        return usage;
    }

    private static bool IsAnonymous(VolumeEntry entry) =>
        entry.Record.Labels?.ContainsKey(VolumeRecord.AnonymousLabel) ?? false;

    // Sorted by name.
    private List<VolumeEntry> Select(Func<VolumeEntry, int, bool> wanted)
    {
        lock (gate)
        {
            return
            [
                .. volumes.Values.Where(entry => wanted(entry, entry.Users.Count))
                    .OrderBy(entry => entry.Record.Name, StringComparer.Ordinal),
            ];
        }
    }

    // -1: not known.
    private long SizeOf(VolumeEntry entry, CancellationToken stop)
    {
        try
        {
            using SafeRoot data = SafeRoot.Open(entry.Mountpoint);
            return TreeSize.Of(data, VolumeLimits.CountedEntries, stop) ?? -1;
        }
        catch (IOException e)
        {
            log.Warn("could not measure a volume", ("volume", entry.Record.Name), ("error", e.Message));
            return -1;
        }
    }
}
