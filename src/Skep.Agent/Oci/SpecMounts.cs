using System.Globalization;
using Skep.Agent.Mounts;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Oci;

/// <summary>The file systems a container sees: Docker's defaults, then the user's own.</summary>
internal static class SpecMounts
{
    /// <summary>These stay writable in a container whose root is read-only.</summary>
    private static readonly string[] AlwaysWritable = ["/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"];

    public static IReadOnlyList<MountSpec> Build(SpecInputs inputs, SecurityOptions security)
    {
        HostConfig host = inputs.HostConfig;
        var userTargets = inputs.Mounts.Select(mount => mount.Target).ToHashSet();
        bool userDev = userTargets.Contains("/dev");
        var mounts = new List<MountSpec>();
        foreach (MountSpec mount in Defaults(host.ShmSize))
        {
            bool replaced = userTargets.Contains(mount.Destination)
                || (userDev && mount.Destination.StartsWith("/dev/", StringComparison.Ordinal));
            bool unwanted = mount.Destination == "/dev/shm" && host.IpcMode == "none";
            if (!replaced && !unwanted)
            {
                mounts.Add(mount.Destination == "/dev/shm" && SharedShm(inputs) is { } shared
                    ? shared
                    : mount with { Options = DefaultOptions(mount, host, security) });
            }
        }

        if (SpecProcess.WantsInit(inputs))
        {
            mounts.Add(InitMount(inputs));
        }

        mounts.AddRange(inputs.Mounts.Select(
            mount => new MountSpec(mount.Target, mount.Type, mount.Source, mount.Options)));
        return mounts;
    }

    /// <summary>A mount can pass its changes on only if the root above it is as public.</summary>
    public static string? RootPropagation(IReadOnlyList<ResolvedMount> mounts)
    {
        if (mounts.Any(mount => mount.Propagation is "shared" or "rshared"))
        {
            return "shared";
        }

        return mounts.Any(mount => mount.Propagation is "slave" or "rslave") ? "rslave" : null;
    }

    private static MountSpec[] Defaults(long shmBytes) =>
    [
        new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        new("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        new("/dev/pts", "devpts", "devpts",
            ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        new("/sys/fs/cgroup", "cgroup", "cgroup", ["ro", "nosuid", "noexec", "nodev"]),
        new("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        new("/dev/shm", "tmpfs", "shm",
        [
            "nosuid", "noexec", "nodev", "mode=1777",
            string.Create(CultureInfo.InvariantCulture, $"size={shmBytes}"),
        ]),
    ];

    /// <summary>With a shared IPC namespace comes the shared memory that belongs to it.</summary>
    private static MountSpec? SharedShm(SpecInputs inputs)
    {
        string? path = inputs.HostConfig.IpcMode == "host" ? "/dev/shm" : inputs.ShmPath;
        return path is null ? null : new MountSpec("/dev/shm", "bind", path, ["rbind", "rprivate"]);
    }

    private static IReadOnlyList<string> DefaultOptions(MountSpec mount, HostConfig host, SecurityOptions security)
    {
        bool writable = mount.Destination switch
        {
            "/sys" => host.Privileged,
            "/sys/fs/cgroup" => security.WritableCgroups ?? host.Privileged,
            _ => false,
        };
        if (writable)
        {
            return [.. mount.Options.Where(option => option != "ro")];
        }

        bool makeReadOnly = host.ReadonlyRootfs
            && !AlwaysWritable.Contains(mount.Destination)
            && !mount.Options.Contains("ro");
        return makeReadOnly ? [.. mount.Options, "ro"] : mount.Options;
    }

    private static MountSpec InitMount(SpecInputs inputs) => inputs.InitPath is string path
        ? new MountSpec(SpecProcess.InitTarget, "bind", path, ["bind", "ro"])
        : throw new RefusedException(ErrorKind.Failed,
            "init binary not found: install tini (it is looked for as docker-init and tini), or do not ask for --init");
}
