using Skep.Cli.Client;
using Skep.Cli.Creation;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

internal sealed partial class ServiceUpdateFlags
{
    /// <summary>What is wished from now on; names of networks and files become ids.</summary>
    /// <exception cref="CommandFailedException">Contradictions, in docker's words.</exception>
    public async Task<ServiceSpec> ChangedAsync(Invocation call, ServiceSpec before, CancellationToken stop)
    {
        TaskSpec task = before.TaskTemplate;
        ContainerSpec container = Container(call, task.ContainerSpec ?? new ContainerSpec());
        ServiceEndpointSpec? endpoint = Endpoint(call, before.EndpointSpec);
        ServiceSpec changed = before with
        {
            Labels = labels.Apply(call, before.Labels),
            TaskTemplate = task with
            {
                ContainerSpec = container,
                Resources = Resources(call, task.Resources),
                RestartPolicy = Shared.Restarts.Apply(call, task.RestartPolicy),
                Placement = Placement(call, task.Placement),
                LogDriver = Shared.Logs.Apply(call, task.LogDriver),
                ForceUpdate = task.ForceUpdate + (call.Get(force) ? 1UL : 0),
            },
            Mode = Mode(call, before.Mode),
            UpdateConfig = Shared.Update.Apply(call, before.UpdateConfig),
            RollbackConfig = Shared.Rollback.Apply(call, before.RollbackConfig),
            EndpointSpec = endpoint,
        };
        changed = await WithNetworksAsync(call, changed, stop);
        return changed with
        {
            TaskTemplate = changed.TaskTemplate with
            {
                ContainerSpec = await WithFilesAsync(call, container, stop),
            },
        };
    }

    private ContainerSpec Container(Invocation call, ContainerSpec before)
    {
        ContainerSpec container = Shared.Apply(call, before) with
        {
            Image = call.Has(Image) ? call.Get(Image) : before.Image,
            Args = call.Has(args) ? Lists.OrNull(call.Get(args)) : before.Args,
            Labels = containerLabels.Apply(call, before.Labels),
            Env = env.IsAsked(call) ? Environment(call, before.Env ?? []) : before.Env,
            Groups = groups.Apply(call, before.Groups),
            Mounts = mounts.IsAsked(call) ? Mounts(call, before.Mounts ?? []) : before.Mounts,
            Hosts = hosts.IsAsked(call)
                ? HostEntries.Changed(before.Hosts, hosts.Added(call), hosts.Removed(call))
                : before.Hosts,
            Sysctls = sysctls.Apply(call, before.Sysctls),
            Ulimits = ulimits.IsAsked(call)
                ? ServiceUlimits.Changed(before.Ulimits, ulimits.Added(call), ulimits.Removed(call))
                : before.Ulimits,
            DnsConfig = Dns(call, before.DnsConfig),
        };
        if (!call.Has(Shared.CapAdd) && !call.Has(Shared.CapDrop))
        {
            return container;
        }

        (IReadOnlyList<string>? add, IReadOnlyList<string>? drop) = CapabilityLists.Changed(
            before.CapabilityAdd, before.CapabilityDrop, call.Get(Shared.CapAdd), call.Get(Shared.CapDrop));
        return container with { CapabilityAdd = add, CapabilityDrop = drop };
    }

    // A variable keeps its place when its value changes.
    private IReadOnlyList<string>? Environment(Invocation call, IReadOnlyList<string> before)
    {
        static string Name(string pair) => pair.Split('=')[0];
        string[] removed = env.Removed(call);
        var variables = new OrderedDictionary<string, string>();
        foreach (string pair in before.Where(pair => !removed.Contains(Name(pair))).Concat(env.Added(call)))
        {
            variables[Name(pair)] = pair;
        }

        return Lists.OrNull<string>([.. variables.Values]);
    }

    private IReadOnlyList<Mount>? Mounts(Invocation call, IReadOnlyList<Mount> before)
    {
        List<Mount> added = [.. mounts.Added(call).Select(MountFlag.Parse)];
        if (added.DistinctBy(mount => mount.Target).Count() != added.Count)
        {
            throw new CommandFailedException("duplicate mount target");
        }

        string[] removed = mounts.Removed(call);
        return Lists.OrNull<Mount>([.. added
            .Concat(before.Where(old => !added.Exists(mount => mount.Target == old.Target)))
            .Where(mount => !removed.Contains(mount.Target))
            .OrderBy(mount => mount.Source ?? "", StringComparer.Ordinal)
            .ThenBy(mount => mount.Target, StringComparer.Ordinal)]);
    }

    private ContainerDns? Dns(Invocation call, ContainerDns? before)
    {
        if (!dns.IsAsked(call) && !dnsSearch.IsAsked(call) && !dnsOptions.IsAsked(call))
        {
            return before;
        }

        ContainerDns old = before ?? new ContainerDns();
        return old with
        {
            Nameservers = dns.Apply(call, old.Nameservers),
            Search = dnsSearch.Apply(call, old.Search),
            Options = dnsOptions.Apply(call, old.Options),
        };
    }

    private TaskResources? Resources(Invocation call, TaskResources? before)
    {
        TaskResources? resources = Shared.Resources.Apply(call, before);
        if (!genericResources.IsAsked(call))
        {
            return resources;
        }

        NodeResources reserved = resources?.Reservations ?? new NodeResources();
        return (resources ?? new TaskResources()) with
        {
            Reservations = reserved with
            {
                GenericResources = GenericResourceFlag.Changed(
                    reserved.GenericResources, genericResources.Added(call), genericResources.Removed(call)),
            },
        };
    }

    private TaskPlacement? Placement(Invocation call, TaskPlacement? before)
    {
        if (!constraints.IsAsked(call) && !preferences.IsAsked(call) && !call.Has(Shared.MaxReplicas))
        {
            return before;
        }

        TaskPlacement old = before ?? new TaskPlacement();
        List<TaskPreference> removed = [.. preferences.Removed(call).Select(PreferenceFlag.Parse)];
        return old with
        {
            Constraints = constraints.Apply(call, old.Constraints),
            Preferences = !preferences.IsAsked(call) ? old.Preferences : Lists.OrNull<TaskPreference>(
                [.. (old.Preferences ?? []).Where(preference => !removed.Contains(preference)),
                    .. preferences.Added(call).Select(PreferenceFlag.Parse)]),
            MaxReplicas = call.Has(Shared.MaxReplicas) ? (ulong)call.Get(Shared.MaxReplicas) : old.MaxReplicas,
        };
    }

    private ServiceMode Mode(Invocation call, ServiceMode before)
    {
        if (call.Has(Shared.MaxConcurrent))
        {
            before = before.ReplicatedJob is { } job
                ? before with { ReplicatedJob = job with { MaxConcurrent = (ulong)call.Get(Shared.MaxConcurrent) } }
                : throw new CommandFailedException("max-concurrent can only be used with replicated-job mode");
        }

        return !call.Has(Shared.Replicas) ? before
            : before.Replicated is { } replicated
                ? before with { Replicated = replicated with { Replicas = (ulong)call.Get(Shared.Replicas) } }
                : throw new CommandFailedException("replicas can only be used with replicated mode");
    }

    private ServiceEndpointSpec? Endpoint(Invocation call, ServiceEndpointSpec? before)
    {
        if (!call.Has(Shared.EndpointMode) && !ports.IsAsked(call))
        {
            return before;
        }

        ServiceEndpointSpec old = before ?? new ServiceEndpointSpec();
        return old with
        {
            Mode = call.Has(Shared.EndpointMode) ? call.Get(Shared.EndpointMode) : old.Mode,
            Ports = ports.IsAsked(call)
                ? ServicePorts.Changed(old.Ports ?? [], ports.Added(call), ports.Removed(call))
                : old.Ports,
        };
    }

    // The old place of networks was beside the tasks; whoever changes them moves them.
    private async Task<ServiceSpec> WithNetworksAsync(Invocation call, ServiceSpec spec, CancellationToken stop)
    {
        if (!networks.IsAsked(call))
        {
            return spec;
        }

        IReadOnlyList<NetworkTarget> before = spec.TaskTemplate.Networks is { Count: > 0 } own
            ? own : spec.Networks ?? [];
        return spec with
        {
            Networks = null,
            TaskTemplate = spec.TaskTemplate with
            {
                Networks = await ServiceNetworks.ChangedAsync(
                    call.Engine, before, networks.Added(call), networks.Removed(call), stop),
            },
        };
    }

    private async Task<ContainerSpec> WithFilesAsync(
        Invocation call, ContainerSpec container, CancellationToken stop)
    {
        string[] lostSecrets = secrets.Removed(call);
        string[] lostConfigs = configs.Removed(call);
        ContainerCredentials? credentials = call.Get(Shared.CredentialSpec);
        string named = credentials?.Config ?? "";
        string kept = credentials is null ? container.Privileges?.CredentialSpec?.Config ?? "" : "";
        List<ConfigUse> keptConfigs = [.. (container.Configs ?? []).Where(use => use.Runtime is null
            ? !lostConfigs.Contains(use.ConfigName)
            : named.Length > 0 ? use.ConfigName == named : use.ConfigId == kept)];
        bool isKnown = keptConfigs.Exists(use => use.Runtime is not null && use.ConfigName == named);
        EngineClient engine = call.Engine;
        ContainerSpec changed = container with
        {
            Secrets = Lists.OrNull<SecretUse>(
                [.. (container.Secrets ?? []).Where(use => !lostSecrets.Contains(use.SecretName)),
                    .. await FileUses.SecretsAsync(engine, secrets.Added(call), stop)]),
            Configs = Lists.OrNull<ConfigUse>(
                [.. keptConfigs,
                    .. await FileUses.ConfigsAsync(engine, configs.Added(call), isKnown ? "" : named, stop)]),
        };
        return credentials is null ? changed : CredentialSpecFlag.Resolved(changed with
        {
            Privileges = credentials == new ContainerCredentials()
                ? changed.Privileges is null ? null : changed.Privileges with { CredentialSpec = null }
                : (changed.Privileges ?? new ContainerPrivileges()) with { CredentialSpec = credentials },
        });
    }
}
