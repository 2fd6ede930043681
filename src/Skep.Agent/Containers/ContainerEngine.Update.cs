using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skep.Agent.Cgroups;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Oci;
using Skep.Agent.Top;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;
using UpdateContainerRequest = Skep.Docker.Engine.UpdateContainerRequest;
using UpdateContainerResponse = Skep.Docker.Engine.UpdateContainerResponse;

namespace Skep.Agent.Containers;

// Limits, and what is used of them.
public sealed partial class ContainerEngine
{
    private readonly CgroupLayout cgroups = CgroupLayout.Detect();

    public async Task<UpdateContainerResponse> UpdateAsync(
        string idOrName, UpdateContainerRequest update, CancellationToken stop)
    {
        Container container = Find(idOrName);
        CheckedResources wanted = ContainerChecks.CheckUpdate(update, options.Kernel);
        if (update.RestartPolicy is { Name: "always" or "unless-stopped" or "on-failure" }
            && container.Record.HostConfig.AutoRemove)
        {
            throw new RefusedException(
                ErrorKind.Conflict, "Restart policy cannot be updated because AutoRemove is enabled for the container");
        }

        await WithGateAsync(
            container,
            async () =>
            {
                ContainerRecord record = container.Record;
                HostConfig changed = ResourceMerge.Apply(record.HostConfig, wanted.Resources, update.RestartPolicy);
                if (record.IsAlive)
                {
                    await UpdateTaskAsync(record.Id, changed, stop);
                }

                Save(container, record with { HostConfig = changed });
                Publish(container, "update");
            },
            stop);
        return new UpdateContainerResponse { Warnings = wanted.Warnings.Count > 0 ? wanted.Warnings : null };
    }

    /// <summary>The processes of a running container, as ps shows them.</summary>
    public async Task<TopResponse> TopAsync(string idOrName, string psArguments, CancellationToken stop)
    {
        Container container = Find(idOrName);
        if (!container.Record.IsAlive)
        {
            throw new RefusedException(ErrorKind.Conflict, $"container {container.Id} is not running");
        }

        ListPidsResponse pids = await Containerd.CallAsync(
            ContainerdApi.Tasks.ListPids, new ListPidsRequest { ContainerId = container.Id }, stop);
        TopResponse top = await ProcessTable.ReadAsync(
            psArguments, [.. pids.Processes.Select(process => (int)process.Pid)], stop);
        Publish(container, "top");
        return top;
    }

    /// <summary>What a container uses, once a second. It ends when the container is removed.</summary>
    /// <param name="isStream">False: one answer.</param>
    /// <param name="oneShot">With one answer: at once, without the second that a rate needs.</param>
    public async IAsyncEnumerable<Stats> StatsAsync(
        string idOrName,
        bool isStream,
        bool oneShot,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        Container container = Find(idOrName);
        var reader = new ContainerStats(cgroups, parts.Time);
        Stats? previous = null;
        while (!container.Removed.Task.IsCompleted)
        {
            Stats now = Read(reader, container.Record, previous);
            if (isStream || oneShot || previous is not null || !container.Record.IsAlive)
            {
                yield return now;
                if (!isStream)
                {
                    yield break;
                }
            }

            previous = container.Record.IsAlive ? now : null;
            await Task.Delay(TimeSpan.FromSeconds(1), parts.Time, stop);
        }
    }

    private Stats Read(ContainerStats reader, ContainerRecord record, Stats? previous) => record.IsAlive
        ? reader.Read(
            new StatsTarget
            {
                Id = record.Id,
                Name = "/" + record.Name,
                CgroupsPath = CgroupPathOf(record),
                Pid = record.State.Pid,
                HasOwnNetwork = record.HostConfig.NetworkMode != "host",
            },
            previous)
        : Stats.Nothing(record.Id, "/" + record.Name);

    private bool SawOomKill(ContainerRecord record) =>
        CgroupStats.OomKillCount(cgroups, CgroupPathOf(record)) > 0;

    private Task UpdateTaskAsync(string id, Resources changed, CancellationToken stop) => Containerd.CallAsync(
        ContainerdApi.Tasks.Update,
        new UpdateTaskRequest
        {
            ContainerId = id,
            Resources = new Any
            {
                TypeUrl = ResourceUpdate.TypeUrl,
                Value = ByteString.CopyFrom(ResourceUpdate.Build(changed, options.Kernel)),
            },
        },
        stop);
}
