using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Docker.Engine;
using Skep.Agent.Volumes;
using Skep.Linux.Files;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

// What is shown of one container.
public sealed partial class ContainerEngine
{
    public async Task<ContainerInspect> InspectAsync(string idOrName, bool withSize, CancellationToken stop)
    {
        Container container = Find(idOrName);
        ContainerRecord record = container.Record;
        string directory = store.DirectoryOf(record.Id);
        (string path, IReadOnlyList<string> arguments) = CommandOf(record.Config);
        var inspect = new ContainerInspect
        {
            Id = record.Id,
            Created = Rfc3339.Format(record.Created),
            Path = path,
            Args = arguments,
            State = StateOf(container),
            Image = record.ImageId,
            ResolvConfPath = Path.Combine(directory, "resolv.conf"),
            HostnamePath = Path.Combine(directory, "hostname"),
            HostsPath = Path.Combine(directory, "hosts"),
            LogPath = record.HostConfig.LogConfig.Type == "none" ? "" : store.LogPathOf(record.Id),
            Name = "/" + record.Name,
            RestartCount = record.State.RestartCount,
            Driver = Containerd.Snapshotter,
            GraphDriver = new GraphDriverData { Name = Containerd.Snapshotter },
            ExecIds = container.Execs.Values.Where(one => one.IsRunning).Select(one => one.Id).ToArray() is
                { Length: > 0 } ids ? ids : null,
            HostConfig = record.HostConfig,
            Mounts = MountPointsOf(record),
            Config = record.Config,
            NetworkSettings = NetworkOf(record),
        };
        if (!withSize)
        {
            return inspect;
        }

        long own = await SizeOfAsync(record, stop);
        return inspect with { SizeRw = own, SizeRootFs = own + parts.Images.SizeOf(record.ImageId) };
    }

    internal static (string Path, IReadOnlyList<string> Arguments) CommandOf(ContainerConfig config)
    {
        string[] all = [.. config.Entrypoint ?? [], .. config.Cmd ?? []];
        return all.Length == 0 ? ("", []) : (all[0], all[1..]);
    }

    private static ContainerState StateOf(Container container)
    {
        RunState state = container.Record.State;
        return new ContainerState
        {
            Status = StatusText.State(state.Phase),
            Running = state.Phase is ContainerPhase.Running or ContainerPhase.Paused or ContainerPhase.Restarting,
            Paused = state.Phase == ContainerPhase.Paused,
            Restarting = state.Phase == ContainerPhase.Restarting,
            OomKilled = state.OomKilled,
            Dead = state.Phase == ContainerPhase.Dead,
            Pid = state.Pid,
            ExitCode = state.ExitCode,
            Error = state.Error,
            StartedAt = Rfc3339.Format(state.StartedAt),
            FinishedAt = Rfc3339.Format(state.FinishedAt),
            Health = container.LastHealth,
        };
    }

    /// <summary>Addresses are those of a live sandbox; without one only the names of the networks are known.</summary>
    private NetworkSettings NetworkOf(ContainerRecord record)
    {
        NetworkSettings settings = PlacesOf(record);
        string mode = record.HostConfig.NetworkMode;
        if (mode is not ("none" or "host") || settings.Networks is { Count: > 0 })
        {
            return settings;
        }

        // These two are networks to Docker's users, though a container has no place of its own on them.
        var special = new EndpointSettings { NetworkId = parts.Networks.Inspect(mode).Id };
        return settings with { Networks = new Dictionary<string, EndpointSettings> { [mode] = special } };
    }

    private NetworkSettings PlacesOf(ContainerRecord record)
    {
        if (parts.Networks.FindSandbox(record.Id) is { } sandbox)
        {
            return sandbox.Settings;
        }

        if (record.IsAlive && record.Network is { } shared)
        {
            return shared;
        }

        return new NetworkSettings
        {
            Networks = record.Endpoints.ToDictionary(
                endpoint => endpoint.Network, endpoint => endpoint.Settings ?? new EndpointSettings()),
        };
    }

    /// <summary>Bytes of the files that the container has written, directories not counted, as Docker counts.</summary>
    private async Task<long> SizeOfAsync(ContainerRecord record, CancellationToken stop)
    {
        const string upper = "upperdir=";
        try
        {
            MountsResponse root = await Containerd.CallAsync(
                ContainerdApi.Snapshots.Mounts,
                new MountsRequest { Snapshotter = Containerd.Snapshotter, Key = record.SnapshotKey },
                stop);
            string? written = root.Mounts.SelectMany(mount => mount.Options)
                .FirstOrDefault(option => option.StartsWith(upper, StringComparison.Ordinal));
            if (written is null)
            {
                return 0;
            }

            using SafeRoot tree = SafeRoot.Open(written[upper.Length..]);
            return TreeSize.Of(tree, ContainerLimits.SizeEntriesMax, stop) ?? 0;
        }
        catch (RpcException e) when (e.Status == RpcStatus.NotFound)
        {
            return 0;
        }
    }
}
