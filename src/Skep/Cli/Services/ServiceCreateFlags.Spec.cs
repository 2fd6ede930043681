using Skep.Cli.Creation;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

internal sealed partial class ServiceCreateFlags
{
    /// <summary>The request that the flags and words describe; names of networks and files become ids.</summary>
    /// <exception cref="CommandFailedException">Contradictions, in docker's words.</exception>
    public async Task<ServiceSpec> SpecAsync(Invocation call, CancellationToken stop)
    {
        ContainerSpec container = Container(call);
        ServiceMode wanted = Mode(call);
        ServiceUpdateConfig? update = Shared.Update.Apply(call, null);
        ServiceUpdateConfig? rollback = Shared.Rollback.Apply(call, null);
        bool isJob = (wanted.ReplicatedJob ?? (object?)wanted.GlobalJob) is not null;
        if (isJob && (update ?? rollback) is not null)
        {
            throw new CommandFailedException("update and rollback configuration is not supported for jobs");
        }

        IReadOnlyList<NetworkTarget>? networks = await ServiceNetworks.CreatedAsync(
            call.Engine, call.Get(network), stop);
        return new ServiceSpec
        {
            Name = call.Get(name) is { Length: > 0 } given ? given : null,
            Labels = KeyValues.Map(call.Get(label)),
            TaskTemplate = new TaskSpec
            {
                Resources = Resources(call),
                ContainerSpec = await WithFilesAsync(call, container, stop),
                RestartPolicy = Shared.Restarts.Apply(call, null),
                Placement = new TaskPlacement
                {
                    Constraints = Lists.OrNull(call.Get(constraint)),
                    Preferences = Lists.OrNull<TaskPreference>([.. call.Get(preference).Select(PreferenceFlag.Parse)]),
                    MaxReplicas = (ulong)call.Get(Shared.MaxReplicas),
                },
                Networks = networks,
                LogDriver = Shared.Logs.Apply(call, null),
            },
            Mode = wanted,
            UpdateConfig = update,
            RollbackConfig = rollback,
            EndpointSpec = new ServiceEndpointSpec
            {
                Mode = call.Get(Shared.EndpointMode).ToLowerInvariant(),
                Ports = Lists.OrNull<ServicePort>([.. call.Get(publish).SelectMany(PublishFlag.Parse)]),
            },
        };
    }

    private ContainerSpec Container(Invocation call)
    {
        (IReadOnlyList<string>? add, IReadOnlyList<string>? drop) = CapabilityLists.Created(
            call.Get(Shared.CapAdd), call.Get(Shared.CapDrop));
        ContainerCredentials? credentials = call.Get(Shared.CredentialSpec);
        return Shared.Apply(call, new ContainerSpec
        {
            Image = call.Words[0],
            Args = Lists.OrNull<string>([.. call.Words.Skip(1)]),
            Env = Lists.OrNull(Environment(call)),
            Labels = Lists.OrNull(KeyValues.Map(call.Get(containerLabel))),
            Groups = Lists.OrNull(call.Get(group)),
            Mounts = Lists.OrNull<Mount>([.. call.Get(mount).Select(MountFlag.Parse)]),
            Init = false,
            DnsConfig = new ContainerDns
            {
                Nameservers = Lists.OrNull(call.Get(dns)),
                Search = Lists.OrNull(call.Get(dnsSearch)),
                Options = Lists.OrNull(call.Get(dnsOption)),
            },
            Hosts = Lists.OrNull<string>([.. call.Get(host).Select(HostEntries.Entry)]),
            Sysctls = Lists.OrNull(KeyValues.Map(call.Get(sysctl))),
            CapabilityAdd = add,
            CapabilityDrop = drop,
            Ulimits = ServiceUlimits.Of(call.Get(ulimit)),
            Privileges = credentials is null || credentials == new ContainerCredentials()
                ? null
                : new ContainerPrivileges { CredentialSpec = credentials },
        });
    }

    // Of one name the last value counts, at the place where it was said.
    private List<string> Environment(Invocation call)
    {
        var variables = new List<string>();
        foreach (string pair in KeyValues.WithFiles(call.Get(envFile), call.Get(env), takesEnvironment: true))
        {
            string name = pair.Split('=')[0];
            variables.RemoveAll(before => before != pair
                && before.StartsWith(name + "=", StringComparison.Ordinal));
            variables.Add(pair);
        }

        return variables;
    }

    private TaskResources Resources(Invocation call)
    {
        TaskResources resources = Shared.Resources.Apply(call, null)
            ?? new TaskResources { Limits = new TaskLimits(), Reservations = new NodeResources() };
        return resources with
        {
            Reservations = resources.Reservations! with
            {
                GenericResources = Lists.OrNull(GenericResourceFlag.Parse(call.Get(genericResource))),
            },
        };
    }

    private ServiceMode Mode(Invocation call)
    {
        string kind = call.Get(mode);
        ulong? replicas = call.Has(Shared.Replicas) ? (ulong)call.Get(Shared.Replicas) : null;
        ulong? concurrent = call.Has(Shared.MaxConcurrent) ? (ulong)call.Get(Shared.MaxConcurrent) : null;
        bool isGlobal = kind is "global" or "global-job";
        bool isJob = kind is "replicated-job" or "global-job";
        string? refusal =
            isGlobal && replicas is not null ? "replicas can only be used with replicated or replicated-job mode"
            : isGlobal && call.Get(Shared.MaxReplicas) > 0
                ? "replicas-max-per-node can only be used with replicated or replicated-job mode"
            : concurrent is not null && (isGlobal || !isJob)
                ? "max-concurrent can only be used with replicated-job mode"
            : null;
        if (refusal is not null && (isGlobal || kind == "replicated"))
        {
            throw new CommandFailedException(refusal);
        }

        return kind switch
        {
            "global" => new ServiceMode { Global = Empty.Value },
            "replicated" => new ServiceMode { Replicated = new ReplicatedMode { Replicas = replicas } },
            "replicated-job" => new ServiceMode
            {
                ReplicatedJob = new ReplicatedJobMode
                {
                    MaxConcurrent = concurrent ?? replicas,
                    TotalCompletions = replicas,
                },
            },
            "global-job" => new ServiceMode { GlobalJob = Empty.Value },
            _ => throw new CommandFailedException(
                $"Unknown mode: {kind}, only replicated and global supported"),
        };
    }

    private async Task<ContainerSpec> WithFilesAsync(
        Invocation call, ContainerSpec container, CancellationToken stop)
    {
        IReadOnlyList<SecretUse> secrets = await FileUses.SecretsAsync(call.Engine, call.Get(secret), stop);
        string credentialConfig = container.Privileges?.CredentialSpec?.Config ?? "";
        IReadOnlyList<ConfigUse> configs = await FileUses.ConfigsAsync(
            call.Engine, call.Get(config), credentialConfig, stop);
        return CredentialSpecFlag.Resolved(container with
        {
            Secrets = Lists.OrNull(secrets),
            Configs = Lists.OrNull(configs),
        });
    }
}
