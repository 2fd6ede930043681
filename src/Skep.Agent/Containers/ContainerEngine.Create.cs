using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Images;
using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.Validation;
using Skep.Swarm;
using Mount = Skep.Agent.Containerd.Wire.Mount;
using CreateContainerRequest = Skep.Docker.Engine.CreateContainerRequest;
using CreateContainerResponse = Skep.Docker.Engine.CreateContainerResponse;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

// A new container: checked, named, given a file system, and only then on disk.
public sealed partial class ContainerEngine
{
    // Snapshots with this label are containers' own: without a record they are leftovers.
    internal const string SnapshotLabel = "skep.container";

    /// <param name="name">Null or empty: a random one.</param>
    /// <param name="platform">"linux/amd64"; null or empty: whatever the image is for.</param>
    public Task<CreateContainerResponse> CreateAsync(
        string? name, CreateContainerRequest request, string? platform, CancellationToken stop) =>
        CreateAsync(name, request, platform, hidden: null, stop);

    /// <param name="hidden">Files for a task of the swarm; null: it is no task's container.</param>
    private async Task<CreateContainerResponse> CreateAsync(
        string? name,
        CreateContainerRequest request,
        string? platform,
        IReadOnlyList<HiddenFile>? hidden,
        CancellationToken stop)
    {
        if (request.Image.Length == 0)
        {
            throw new RefusedException(ErrorKind.Invalid, "no image specified");
        }

        string? wantedName = string.IsNullOrEmpty(name) ? null : ContainerName.Parse(name);
        HostConfig host = request.HostConfig ?? new HostConfig();
        CheckedContainer wanted = ContainerChecks.Check(request.ToPlain(), host, options.Kernel);
        ResolvedImage image = await parts.Images.ResolveAsync(request.Image, stop);
        CheckPlatform(image, platform);
        ContainerConfig config = ImageConfigMerge.Merge(wanted.Config, image.Config);
        host = NameOtherContainers(HostConfigDefaults.Apply(wanted.Host, options.Kernel, DaemonDefaults));
        CheckCombined(config, host);
        string id = parts.Ids.NewHex();
        bool hasOwnHostname = host.UtsMode != "host" && NamespaceModes.ContainerOf(host.NetworkMode) is null;
        if (config.Hostname.Length == 0 && hasOwnHostname)
        {
            config = config with { Hostname = host.NetworkMode == "host" ? Environment.MachineName : id[..12] };
        }

        string chosen = ReserveName(wantedName, id);
        var wish = new ContainerRecord
        {
            Id = id,
            Name = chosen,
            Created = Now,
            ImageId = image.Id,
            ParentSnapshot = image.ChainId,
            Config = config,
            HostConfig = host,
            Endpoints = WantedEndpoints.From(host, request.NetworkingConfig, config, hidden is not null),
            IsTask = hidden is not null,
            HiddenFiles = hidden ?? [],
        };
        try
        {
            ContainerRecord record = await MakeAsync(wish, stop);
            var container = new Container(record);
            containers[id] = container;
            Publish(container, "create");
        }
        catch
        {
            names.Release(chosen, id);
            throw;
        }

        return new CreateContainerResponse { Id = id, Warnings = wanted.Warnings };
    }

    private DaemonDefaults DaemonDefaults => new()
    {
        ShmSize = options.DefaultShmBytes,
        LogConfig = options.DefaultLog,
        IpcMode = options.DefaultIpcMode,
        CgroupnsMode = options.DefaultCgroupnsMode,
    };

    // From here on something is made that has to be taken back: a client that leaves does not stop it half-way.
    private async Task<ContainerRecord> MakeAsync(ContainerRecord record, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        foreach (WantedEndpoint endpoint in record.Endpoints)
        {
            CheckEndpoint(endpoint);
        }

        try
        {
            IReadOnlyList<Mount> root = await PrepareSnapshotAsync(record, background.Stop);
            record = record with { Mounts = await MakeMountsAsync(record, root, background.Stop) };
            store.Save(record);
            return record;
        }
        catch
        {
            await RemoveSnapshotAsync(record.SnapshotKey, CancellationToken.None);
            await ReleaseVolumesAsync(record, removeVolumes: true, CancellationToken.None);
            store.Delete(record.Id);
            throw;
        }
    }

    private async Task<IReadOnlyList<Mount>> PrepareSnapshotAsync(ContainerRecord record, CancellationToken stop)
    {
        var prepare = new PrepareSnapshotRequest
        {
            Snapshotter = Containerd.Snapshotter,
            Key = record.SnapshotKey,
            Parent = record.ParentSnapshot,
        };

        // containerd knows a container only while it runs: the label keeps its file system from being collected.
        prepare.Labels["containerd.io/gc.root"] = record.Created.ToString("O");
        prepare.Labels[SnapshotLabel] = record.Id;
        try
        {
            return (await Containerd.CallAsync(ContainerdApi.Snapshots.Prepare, prepare, stop)).Mounts;
        }
        catch (RpcException e)
        {
            throw new RefusedException(ErrorKind.Failed, $"cannot make the container's file system: {e.Detail}", e);
        }
    }

    // "Not found" makes a client pull the image for the platform it wants.
    private static void CheckPlatform(ResolvedImage image, string? platform)
    {
        if (!string.IsNullOrEmpty(platform) && Platform.Parse(platform) is var wanted
            && (wanted.Os != image.Platform.Os || wanted.Architecture != image.Platform.Architecture))
        {
            throw new RefusedException(
                ErrorKind.NotFound,
                $"image with reference {image.Name} was found but does not match the specified platform: wanted "
                + $"{platform}, actual: {image.Platform.Os}/{image.Platform.Architecture}");
        }
    }

    // A network that does not exist yet may do so by the start, which tells if not. Here "not found" would be taken
    // for a missing image, and pulled.
    private void CheckEndpoint(WantedEndpoint endpoint)
    {
        try
        {
            parts.Networks.ValidateEndpoint(
                EndpointRules.NetworkOf(endpoint.Network, endpoint.Settings),
                endpoint.Settings ?? new EndpointSettings());
        }
        catch (RefusedException e) when (e.Kind == ErrorKind.NotFound)
        {
            parts.Log.Debug("a container names a network that does not exist", ("network", endpoint.Network));
        }
    }

    private string ReserveName(string? wanted, string id)
    {
        if (wanted is null)
        {
            return names.ReserveRandom(id, parts.Ids);
        }

        names.Reserve(wanted, id);
        return wanted;
    }

    // "container:NAME" is kept as the id, so that a rename of the other changes nothing.
    private HostConfig NameOtherContainers(HostConfig host)
    {
        string Pin(string mode) =>
            NamespaceModes.ContainerOf(mode) is { } other ? "container:" + Find(other).Id : mode;
        return host with
        {
            NetworkMode = Pin(host.NetworkMode),
            PidMode = Pin(host.PidMode),
            IpcMode = Pin(host.IpcMode),
        };
    }

    // What only image and request together can break.
    private void CheckCombined(ContainerConfig config, HostConfig host)
    {
        if (config.WorkingDir.Length > 0 && !config.WorkingDir.StartsWith('/'))
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"the working directory '{config.WorkingDir}' is invalid, it needs to be an absolute path");
        }

        if ((host.Init ?? options.DefaultInit) && options.InitPath is null)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                "init binary not found: --init needs docker-init or tini in the daemon's PATH "
                + "(Debian, Ubuntu: apt-get install tini), or the daemon's flag --init-path");
        }
    }

}
