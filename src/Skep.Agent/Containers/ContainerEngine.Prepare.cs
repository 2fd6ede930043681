using System.Text;
using Skep.Agent.Cgroups;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Mounts;
using Skep.Agent.Network;
using Skep.Agent.Oci;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Linux;
using Skep.Linux.Files;
using Skep.Linux.Mounts;
using Skep.Swarm;
using Mount = Skep.Agent.Containerd.Wire.Mount;

namespace Skep.Agent.Containers;

// Everything a run stands on before runc is asked: network, file system, user, spec.
public sealed partial class ContainerEngine
{
    /// <param name="SharedNetwork">
    /// What inspect shows of a network that is another container's or the machine's.
    /// </param>
    private sealed record PreparedRun(
        byte[] Spec, IReadOnlyList<Mount> RootMounts, NetworkSettings? SharedNetwork);

    /// <returns>Null: it shares the machine's network or another container's.</returns>
    private async Task<Sandbox?> OpenSandboxAsync(ContainerRecord record, CancellationToken stop)
    {
        HostConfig host = record.HostConfig;
        if (host.NetworkMode == "host" || NamespaceModes.ContainerOf(host.NetworkMode) is not null)
        {
            return null;
        }

        return await parts.Networks.OpenAsync(
            new SandboxRequest
            {
                ContainerId = record.Id,
                Name = record.Name,
                Hostname = record.Config.Hostname,
                Domainname = record.Config.Domainname,
                Endpoints = await PlacesAsync(record, stop),
                ExposedPorts = [.. record.Config.ExposedPorts?.Keys ?? []],
                PortBindings = host.PortBindings ?? new Dictionary<string, IReadOnlyList<PortBinding>?>(),
                PublishAllPorts = host.PublishAllPorts,
                Dns = host.Dns ?? [],
                DnsSearch = host.DnsSearch ?? [],
                DnsOptions = host.DnsOptions ?? [],
                Links = LinkedContainers(host),
                LoopbackOnly = record.Endpoints.Count == 0,
            },
            stop);
    }

    private string HostGateway =>
        parts.Networks.Inspect("bridge").Ipam.Config?.Select(config => config.Gateway).FirstOrDefault() ?? "";

    private Dictionary<string, string> LinkedContainers(HostConfig host) => (host.Links ?? [])
        .Select(link => link.Split(':', 2))
        .ToDictionary(
            halves => (halves.Length > 1 ? halves[1] : halves[0]).TrimStart('/'), halves => Find(halves[0]).Id);

    private async Task<PreparedRun> PrepareAsync(ContainerRecord record, Sandbox? sandbox, CancellationToken stop)
    {
        Task<MountsResponse> root = Containerd.CallAsync(
            ContainerdApi.Snapshots.Mounts,
            new MountsRequest { Snapshotter = Containerd.Snapshotter, Key = record.SnapshotKey },
            stop);
        Container? networkOwner = NamespaceModes.ContainerOf(record.HostConfig.NetworkMode) is { } owner
            ? FindRunning(owner, "network")
            : null;
        IReadOnlyList<ResolvedMount> files = networkOwner is null
            ? NameFiles.Write(store.DirectoryOf(record.Id), record, sandbox, HostGateway)
            : NameFiles.Of(store.DirectoryOf(networkOwner.Id));
        IReadOnlyList<ResolvedMount> mounts = await ResolveMountsAsync(record, stop);
        IReadOnlyList<Mount> rootMounts = (await root).Mounts;
        UserIdentity user = LookUpUser(record, rootMounts);
        SpecInputs inputs = new()
        {
            Config = record.Config,
            HostConfig = record.HostConfig,
            User = user,
            Kernel = options.Kernel,
            CgroupsPath = CgroupPathOf(record),
            Mounts = JoinMounts([.. mounts, .. Hidden(record)], files, record.HostConfig),
            Hostname = networkOwner?.Record.Config.Hostname ?? record.Config.Hostname,
            Domainname = networkOwner?.Record.Config.Domainname ?? record.Config.Domainname,
            NetnsPath = networkOwner is null
                ? sandbox?.NetnsPath
                : $"/proc/{networkOwner.Record.State.Pid}/ns/net",
            IpcNamespacePath = NamespaceOf(record.HostConfig.IpcMode, "ipc"),
            ShmPath = ShmOf(record),
            PidNamespacePath = NamespaceOf(record.HostConfig.PidMode, "pid"),
            DefaultUlimits = options.DefaultUlimits,
            Devices = HostDevices.Find(record.HostConfig.Devices),
            MachineDevices = record.HostConfig.Privileged ? HostDevices.All() : [],
            DiskNumbers = HostDevices.DiskNumbers(record.HostConfig),
            InitPath = options.InitPath,
            DefaultInit = options.DefaultInit,
            DefaultNoNewPrivileges = options.DefaultNoNewPrivileges,
            DefaultSeccomp = options.DefaultSeccomp,
        };
        NetworkSettings? shared = networkOwner is null ? null : NetworkOf(networkOwner.Record);
        return new PreparedRun(SpecBuilder.Build(inputs), rootMounts, shared);
    }

    private string CgroupPathOf(ContainerRecord record) => CgroupPaths.For(
        parts.Instance, options.CgroupParent, record.HostConfig.CgroupParent, record.Id);

    private static List<ResolvedMount> JoinMounts(
        IReadOnlyList<ResolvedMount> mounts, IReadOnlyList<ResolvedMount> files, HostConfig host)
    {
        // A user who mounts something at /etc/hosts means it.
        var joined = new List<ResolvedMount>(mounts);
        foreach (ResolvedMount file in files.Where(file => mounts.All(mount => mount.Target != file.Target)))
        {
            joined.Add(file with
            {
                Options = host.ReadonlyRootfs ? [.. file.Options.Where(option => option != "rw"), "ro"] : file.Options,
            });
        }

        return [.. joined.OrderBy(mount => mount.Target.Count(letter => letter == '/'))];
    }

    private static IEnumerable<ResolvedMount> Hidden(ContainerRecord record) =>
        record.HiddenFiles.Select(file => File.Exists(file.Source)
            ? new ResolvedMount
            {
                Type = "bind",
                Source = file.Source,
                Target = file.Target,
                Options = ["rbind", "rprivate", "ro"],
                Propagation = "rprivate",
            }
            : throw new RefusedException(
                ErrorKind.Conflict, $"container {record.Name} belongs to a task of the swarm, which alone starts it"));

    private string? NamespaceOf(string mode, string kind) =>
        NamespaceModes.ContainerOf(mode) is { } other
            ? $"/proc/{FindRunning(other, kind).Record.State.Pid}/ns/{kind}"
            : null;

    private Container FindRunning(string idOrName, string what)
    {
        Container other = Find(idOrName);
        return other.Record.IsAlive
            ? other
            : throw new RefusedException(
                ErrorKind.Conflict,
                $"cannot join {what} namespace of a non running container: container {other.Record.Name} "
                + $"is {StatusText.State(other.Record.State.Phase)}");
    }

    // A shareable /dev/shm stands on this machine, where the other container can be given it too.
    private string? ShmOf(ContainerRecord record)
    {
        if (NamespaceModes.ContainerOf(record.HostConfig.IpcMode) is { } other)
        {
            return ShmPath(Find(other).Id);
        }

        if (record.HostConfig.IpcMode != "shareable")
        {
            return null;
        }

        string path = ShmPath(record.Id);
        if (!MountTable.IsMountPoint(path))
        {
            Directory.CreateDirectory(path);
            KernelMounts.Mount(
                "tmpfs", "shm", path,
                ["nosuid", "noexec", "nodev", "mode=1777", $"size={record.HostConfig.ShmSize}"]);
        }

        return path;
    }

    private string ShmPath(string id) => Path.Combine(parts.Instance.ExecRoot, "shm", id);

    /// <summary>Takes down what <see cref="PrepareAsync"/> put up. No error if there is nothing.</summary>
    private async Task CloseRunAsync(ContainerRecord record, CancellationToken stop)
    {
        await parts.Networks.CloseAsync(record.Id, stop);
        await GivePlacesBackAsync(record, stop);
        await ReleaseMountsAsync(record, stop);
        string shm = ShmPath(record.Id);
        if (Directory.Exists(shm))
        {
            KernelMounts.Detach(shm);
            Directory.Delete(shm);
        }
    }

    private UserIdentity LookUpUser(ContainerRecord record, IReadOnlyList<Mount> rootMounts)
    {
        using TemporaryMount temporary = MountRoot(record.Id, rootMounts);
        using SafeRoot root = SafeRoot.Open(temporary.Path);
        return UserLookup.Resolve(
            record.Config.User,
            ReadSmall(root, "etc/passwd"),
            ReadSmall(root, "etc/group"),
            record.HostConfig.GroupAdd);
    }

    // Null: there is no such file, or it is nothing that could be read as one.
    private static string? ReadSmall(SafeRoot root, string path)
    {
        try
        {
            if (root.FindFacts(path, LastLink.Follow) is not { Kind: FileKind.Regular } facts)
            {
                return null;
            }

            using var file = new FileStream(root.OpenRead(path), FileAccess.Read, bufferSize: 0);
            var content = new byte[Math.Min(facts.Size, ContainerLimits.UserFileBytesMax)];
            int count = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(content, 0, count);
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.EXDEV)
        {
            return null;
        }
    }

    private async Task<byte[]> ExecSpecAsync(
        ContainerRecord record, ExecConfig config, IReadOnlyList<uint>? consoleSize, CancellationToken stop)
    {
        await Task.CompletedTask.WaitAsync(stop);
        string user = config.User.Length > 0 ? config.User : record.Config.User;
        using SafeRoot root = SafeRoot.Open($"/proc/{record.State.Pid}/root");
        return ExecSpec.Build(new ExecInputs
        {
            Config = record.Config,
            HostConfig = record.HostConfig,
            Exec = config,
            User = UserLookup.Resolve(
                user, ReadSmall(root, "etc/passwd"), ReadSmall(root, "etc/group"), record.HostConfig.GroupAdd),
            Kernel = options.Kernel,
            Hostname = record.Config.Hostname,
            ConsoleSize = consoleSize ?? config.ConsoleSize,
            DefaultUlimits = options.DefaultUlimits,
            DefaultNoNewPrivileges = options.DefaultNoNewPrivileges,
        });
    }
}
