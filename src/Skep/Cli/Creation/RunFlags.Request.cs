using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Creation;

internal sealed partial class RunFlags
{
    /// <summary>The request that the flags and words describe.</summary>
    /// <exception cref="CommandFailedException">Contradictions and malformed values, in docker's words.</exception>
    public CreateContainerRequest Request(Invocation call)
    {
        try
        {
            return Build(call);
        }
        catch (FormatException malformed)
        {
            throw call.RunFailure(malformed.Message, 125);
        }
        catch (CommandFailedException refused) when (refused.ExitCode == 1)
        {
            throw call.RunFailure(refused.Message, 125);
        }
    }

    private CreateContainerRequest Build(Invocation call)
    {
        string[] streams = call.Get(attach);
        bool attachesAll = streams.Length == 0;
        bool keepsInput = call.Get(interactive);
        bool attachesInput = streams.Contains("stdin") || keepsInput;
        var ports = new PortFlags();
        Array.ForEach(call.Get(publish), ports.Publish);
        Array.ForEach(call.Get(expose), ports.Expose);
        NetworkEndpoints networks = NetworkEndpoints.Of(Attachments(call));
        return new CreateContainerRequest
        {
            Hostname = call.Get(hostname),
            Domainname = call.Get(domainname),
            User = call.Get(user),
            AttachStdin = attachesInput,
            AttachStdout = attachesAll || streams.Contains("stdout"),
            AttachStderr = attachesAll || streams.Contains("stderr"),
            ExposedPorts = ports.Exposed,
            Tty = call.Get(tty),
            OpenStdin = keepsInput,
            StdinOnce = keepsInput && attachesInput,
            Env = KeyValues.WithFiles(call.Get(envFile), call.Get(env), takesEnvironment: true),
            Cmd = call.Words.Count > 1 ? [.. call.Words.Skip(1)] : null,
            Image = call.Words[0],
            Volumes = call.Get(volume).Where(text => VolumeFlag.Bind(text) is null)
                .Distinct().ToDictionary(text => text, _ => Empty.Value),
            WorkingDir = call.Get(workdir),
            Entrypoint = call.Has(entrypoint) ? [call.Get(entrypoint)] : null,
            MacAddress = networks.MainMacAddress ?? (call.Get(macAddress) is { Length: > 0 } mac ? mac : null),
            OnBuild = null,
            Labels = KeyValues.Map(KeyValues.WithFiles(call.Get(labelFile), call.Get(label), takesEnvironment: false)),
            StopSignal = call.Get(stopSignal) is { Length: > 0 } signal ? signal : null,
            StopTimeout = call.Has(stopTimeout) ? (int)call.Get(stopTimeout) : null,
            Healthcheck = Health(call),
            HostConfig = Host(call, ports, networks.Mode),
            NetworkingConfig = new NetworkingConfig { EndpointsConfig = networks.Endpoints },
        };
    }

    private HostConfig Host(Invocation call, PortFlags ports, string networkMode)
    {
        RestartPolicy policy = RestartFlag.Parse(call.Get(restart));
        if (call.Get(remove) && policy.Name is not ("" or "no"))
        {
            throw new FormatException("conflicting options: cannot specify both --restart and --rm");
        }

        SecurityFlags security = SecurityFlags.Parse(call.Get(securityOpt));
        return WithResources(call, new HostConfig
        {
            Binds = ListOrNull([.. call.Get(volume).Select(VolumeFlag.Bind).OfType<string>().Distinct()]),
            ContainerIdFile = call.Get(cidFile),
            LogConfig = Logs(call),
            NetworkMode = networkMode,
            PortBindings = ports.Bindings,
            RestartPolicy = policy,
            AutoRemove = call.Get(remove),
            VolumeDriver = call.Get(volumeDriver),
            VolumesFrom = ListOrNull(call.Get(volumesFrom)),
            Mounts = call.Get(mount) is { Length: > 0 } mounts ? [.. mounts.Select(MountFlag.Parse)] : null,
            Annotations = call.Get(annotation) is { Length: > 0 } notes ? KeyValues.Map(notes) : null,
            CapAdd = Capabilities(call.Get(capAdd)),
            CapDrop = Capabilities(call.Get(capDrop)),
            CgroupnsMode = OneOf(call.Get(cgroupns), "--cgroupns: invalid CGROUP mode", "", "host", "private"),
            Dns = call.Get(dns),
            DnsOptions = [.. call.Get(dnsOption), .. call.Get(dnsOpt)],
            DnsSearch = call.Get(dnsSearch),
            ExtraHosts = ListOrNull(call.Get(addHost)),
            GroupAdd = ListOrNull(call.Get(groupAdd)),
            IpcMode = call.Get(ipc),
            Links = ListOrNull(call.Get(link)),
            OomScoreAdj = (int)call.Get(oomScoreAdj),
            PidMode = PidMode(call.Get(pid)),
            Privileged = call.Get(privileged),
            PublishAllPorts = call.Get(publishAll),
            ReadonlyRootfs = call.Get(readOnly),
            SecurityOpt = call.Get(securityOpt).Length > 0 ? security.Options : null,
            StorageOpt = Storage(call.Get(storageOpt)),
            Tmpfs = call.Get(tmpfs).Length > 0 ? Tmpfs(call.Get(tmpfs)) : null,
            UtsMode = OneOf(call.Get(uts), "--uts: invalid UTS mode", "", "host"),
            UsernsMode = OneOf(call.Get(userns), "--userns: invalid USER mode", "", "host"),
            ShmSize = call.Get(shmSize),
            Sysctls = call.Get(sysctl) is { Length: > 0 } pairs ? KeyValues.Map(pairs) : null,
            Runtime = call.Get(runtime),
            Isolation = call.Get(isolation),
            MaskedPaths = security.UnmasksPaths ? [] : null,
            ReadonlyPaths = security.UnmasksPaths ? [] : null,
            Init = call.Has(init) ? call.Get(init) : null,
        });
    }

    private HostConfig WithResources(Invocation call, HostConfig host)
    {
        long swappiness = call.Get(memorySwappiness);
        if (swappiness is < -1 or > 100)
        {
            throw new FormatException(
                $"invalid value: {swappiness}. Valid memory swappiness range is 0-100");
        }

        return host with
        {
            CpuShares = call.Get(resources.CpuShares),
            Memory = call.Get(resources.Memory),
            NanoCpus = call.Get(resources.Cpus),
            CgroupParent = call.Get(cgroupParent),
            BlkioWeight = (ushort)call.Get(resources.BlkioWeight),
            BlkioWeightDevice = [.. call.Get(blkioWeightDevice).Select(DeviceFlags.Weight)],
            BlkioDeviceReadBps = [.. call.Get(deviceReadBps).Select(DeviceFlags.BytesRate)],
            BlkioDeviceWriteBps = [.. call.Get(deviceWriteBps).Select(DeviceFlags.BytesRate)],
            BlkioDeviceReadIOps = [.. call.Get(deviceReadIops).Select(DeviceFlags.OperationsRate)],
            BlkioDeviceWriteIOps = [.. call.Get(deviceWriteIops).Select(DeviceFlags.OperationsRate)],
            CpuPeriod = call.Get(resources.CpuPeriod),
            CpuQuota = call.Get(resources.CpuQuota),
            CpuRealtimePeriod = call.Get(resources.CpuRealtimePeriod),
            CpuRealtimeRuntime = call.Get(resources.CpuRealtimeRuntime),
            CpusetCpus = call.Get(resources.CpusetCpus),
            CpusetMems = call.Get(resources.CpusetMems),
            Devices = [.. call.Get(device).Select(DeviceFlags.Mapping)],
            DeviceCgroupRules = ListOrNull(call.Get(deviceCgroupRule)),
            DeviceRequests = call.Get(gpus) is { Length: > 0 } requests
                ? [.. requests.Select(DeviceFlags.Gpus)] : null,
            KernelMemory = call.Get(resources.KernelMemory),
            MemoryReservation = call.Get(resources.MemoryReservation),
            MemorySwap = call.Get(resources.MemorySwap),
            MemorySwappiness = swappiness,
            OomKillDisable = call.Get(oomKillDisable),
            PidsLimit = call.Get(resources.PidsLimit),
            Ulimits = [.. call.Get(ulimit).Select(UlimitFlag.Parse).GroupBy(limit => limit.Name)
                .Select(same => same.Last()).OrderBy(limit => limit.Name, StringComparer.Ordinal)],
        };
    }

    private HealthConfig? Health(Invocation call)
    {
        bool hasSettings = call.Get(healthCmd).Length > 0 || (call.Get(healthInterval) | call.Get(healthTimeout)
            | call.Get(healthStartPeriod) | call.Get(healthStartInterval) | call.Get(healthRetries)) != 0;
        if (call.Get(noHealthcheck))
        {
            return hasSettings
                ? throw new FormatException("--no-healthcheck conflicts with --health-* options")
                : new HealthConfig { Test = ["NONE"] };
        }

        return !hasSettings ? null : new HealthConfig
        {
            Test = call.Get(healthCmd) is { Length: > 0 } probe ? ["CMD-SHELL", probe] : null,
            Interval = NotNegative("--health-interval", call.Get(healthInterval)),
            Timeout = NotNegative("--health-timeout", call.Get(healthTimeout)),
            Retries = (int)NotNegative("--health-retries", call.Get(healthRetries)),
            StartPeriod = NotNegative("--health-start-period", call.Get(healthStartPeriod)),
            StartInterval = NotNegative("--health-start-interval", call.Get(healthStartInterval)),
        };
    }

    private IReadOnlyList<NetworkFlag> Attachments(Invocation call)
    {
        List<NetworkFlag> flags = [.. call.Get(network).Concat(call.Get(net)).Select(NetworkFlag.Parse)];
        NetworkFlag first = flags.Count > 0 ? flags[0] : new NetworkFlag("default");
        var plain = new NetworkFlag("")
        {
            Aliases = [.. call.Get(networkAlias), .. call.Get(netAlias)],
            IPv4 = call.Get(ip),
            IPv6 = call.Get(ip6),
            MacAddress = call.Get(macAddress),
            LinkLocalIps = call.Get(linkLocalIp),
            Links = first.IsUserDefined ? call.Get(link) : [],
        };
        return [NetworkEndpoints.Merge(first, plain), .. flags.Skip(1)];
    }

    private LogConfig Logs(Invocation call)
    {
        string driver = call.Get(logDriver);
        string[] options = call.Get(logOpt);
        return driver == "none" && options.Length > 0
            ? throw new FormatException($"invalid logging opts for driver {driver}")
            : new LogConfig { Type = driver, Config = KeyValues.Map(options) };
    }

    private static string PidMode(string mode) => mode is "" or "host"
        || (mode.StartsWith("container:", StringComparison.Ordinal) && mode.Length > 10)
            ? mode
            : throw new FormatException("--pid: invalid PID mode");

    private static string OneOf(string value, string complaint, params ReadOnlySpan<string> allowed) =>
        allowed.Contains(value) ? value : throw new FormatException(complaint);

    private static long NotNegative(string flag, long value) =>
        value >= 0 ? value : throw new FormatException($"{flag} cannot be negative");

    private static IReadOnlyList<string>? ListOrNull(IReadOnlyList<string> list) => list.Count > 0 ? list : null;

    // "net_admin" and "CAP_NET_ADMIN" are the same; "ALL" stays as it is.
    private static List<string>? Capabilities(string[] names)
    {
        List<string> normal = [.. names.Select(name => name.ToUpperInvariant())
            .Select(name => name == "ALL" || name.StartsWith("CAP_", StringComparison.Ordinal) ? name : "CAP_" + name)
            .Distinct().Order(StringComparer.Ordinal)];
        return normal.Count > 0 ? normal : null;
    }

    private static Dictionary<string, string> Tmpfs(string[] flags) => flags
        .Select(flag => flag.Split(':', 2))
        .GroupBy(parts => parts[0])
        .ToDictionary(same => same.Key, same => same.Last() is [_, var options] ? options : "");

    private static IReadOnlyDictionary<string, string>? Storage(string[] options) =>
        options.Length == 0 ? null
        : options.All(option => option.Contains('=')) ? KeyValues.Map(options)
        : throw new FormatException("invalid storage option");
}
