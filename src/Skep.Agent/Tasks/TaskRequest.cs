using Skep.Docker.Engine;
using Skep.Docker.References;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using ContainerSpec = Skep.Swarm.Objects.ContainerSpec;
using HealthConfig = Skep.Docker.Engine.HealthConfig;
using SpecHealth = Skep.Swarm.Objects.HealthConfig;
using Ulimit = Skep.Docker.Engine.Ulimit;

namespace Skep.Agent.Tasks;

/// <summary>A task as the engine is asked for its container, with Docker's meaning of every field. Pure.</summary>
internal static class TaskRequest
{
    /// <param name="container">The task's container with its templates filled in.</param>
    /// <exception cref="RefusedException">It asks for what cannot be done here.</exception>
    public static CreateContainerRequest Build(SwarmTask task, ContainerSpec container)
    {
        var ports = new TaskPorts(task.Endpoint);
        return new CreateContainerRequest
        {
            Image = ImageOf(container),
            Hostname = container.Hostname,
            User = container.User,
            Env = [.. container.Env, .. GenericResourceText.Environment(task.AssignedGenericResources)],
            WorkingDir = container.Dir,
            Labels = TaskLabels.Of(task, container),
            StopSignal = container.StopSignal.Length > 0 ? container.StopSignal : null,
            StopTimeout = container.StopGracePeriod is { } grace ? (int)Math.Min(grace.Seconds, int.MaxValue) : null,
            Tty = container.Tty,
            OpenStdin = container.OpenStdin,
            ExposedPorts = ports.Exposed,
            Healthcheck = Health(container.Healthcheck),

            // A command takes the place of the whole invocation; arguments alone are those of the image's entrypoint.
            Entrypoint = container.Command.IsEmpty ? null : [.. container.Command],
            Cmd = container.Args.IsEmpty ? null : [.. container.Args],
            HostConfig = Host(task, container, ports),
            NetworkingConfig = TaskNetworks.Config(task),
        };
    }

    /// <summary>As it is shown: "busybox:latest".</summary>
    public static string ImageOf(ContainerSpec container) =>
        ImageReference.TryParse(container.Image) is { } reference
            ? reference.WithDefaultTag().Familiar
            : container.Image;

    private static HostConfig Host(SwarmTask task, ContainerSpec container, TaskPorts ports)
    {
        var host = new HostConfig
        {
            GroupAdd = [.. container.Groups],
            PortBindings = ports.Bindings,
            Mounts = [.. container.Mounts.Select(TaskMounts.ToRequest)],
            ReadonlyRootfs = container.ReadOnly,
            Init = container.Init,
            Isolation = container.Isolation switch
            {
                ContainerIsolation.Process => "process",
                ContainerIsolation.HyperV => "hyperv",
                _ => "default",
            },
            Sysctls = container.Sysctls.ToDictionary(),
            CapAdd = [.. container.CapabilityAdd],
            CapDrop = [.. container.CapabilityDrop],
            OomScoreAdj = (int)Math.Clamp(container.OomScoreAdj, int.MinValue, int.MaxValue),
            Dns = container.DnsConfig is { } dns ? [.. dns.Nameservers] : null,
            DnsSearch = container.DnsConfig is { } search ? [.. search.Search] : null,
            DnsOptions = container.DnsConfig is { } options ? [.. options.Options] : null,
            ExtraHosts = [.. container.Hosts.SelectMany(ExtraHosts)],
            SecurityOpt = TaskPrivileges.ToOptions(container.Privileges),
            NetworkMode = TaskNetworks.ModeOf(task),
            LogConfig = task.LogDriver is { } driver
                ? new LogConfig { Type = driver.Name, Config = driver.Options.ToDictionary() }
                : new LogConfig(),
        };
        return WithRunOptions(
            WithLimits(host, task.Spec.Resources, container), RunLabels.Read(container.Labels));
    }

    private static HostConfig WithRunOptions(HostConfig host, RunOptions options) => host with
    {
        Privileged = options.IsPrivileged,
        PidMode = options.Pid,
        UtsMode = options.Uts,
        IpcMode = options.Ipc,
        CgroupnsMode = options.CgroupNamespace,
        CgroupParent = options.CgroupParent,
        Devices = options.Devices.IsEmpty
            ? null
            : [.. options.Devices.Select(one => new DeviceMapping(one.Source, one.Target, one.Access))],
        SecurityOpt = options.AppArmor.Length == 0
            ? host.SecurityOpt
            : [.. host.SecurityOpt ?? [], $"apparmor={options.AppArmor}"],
        DeviceCgroupRules = options.DeviceRules.IsEmpty ? null : [.. options.DeviceRules],
    };

    private static HostConfig WithLimits(HostConfig host, ResourceRequirements? resources, ContainerSpec container)
    {
        long memory = Math.Max(0, resources?.Limits?.MemoryBytes ?? 0);
        return host with
        {
            PidsLimit = container.PidsLimit > 0 ? container.PidsLimit : null,
            Ulimits = [.. container.Ulimits.Select(one => new Ulimit(one.Name, one.Hard, one.Soft))],
            Memory = memory,
            NanoCpus = Math.Max(0, resources?.Limits?.NanoCpus ?? 0),

            // The swarm counts swap alone, the engine memory and swap together.
            MemorySwap = resources?.SwapBytes switch
            {
                { } swap when memory > 0 => swap < 0 ? -1 : memory + swap,
                _ => 0,
            },
            MemorySwappiness = resources?.MemorySwappiness is >= 0 and var swappiness ? swappiness : null,
        };
    }

    // "address name aliases…" as in hosts(5). Docker leaves the aliases out; here every name is known.
    private static IEnumerable<string> ExtraHosts(string entry)
    {
        string[] words = entry.Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Skip(1).Select(name => $"{name}:{words[0]}");
    }

    private static HealthConfig? Health(SpecHealth? health) => health is null ? null : new HealthConfig
    {
        Test = [.. health.Test],
        Interval = health.Interval?.ToNanoseconds() ?? 0,
        Timeout = health.Timeout?.ToNanoseconds() ?? 0,
        StartPeriod = health.StartPeriod?.ToNanoseconds() ?? 0,
        StartInterval = health.StartInterval?.ToNanoseconds() ?? 0,
        Retries = health.Retries,
    };
}
