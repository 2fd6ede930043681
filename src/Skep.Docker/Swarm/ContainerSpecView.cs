using Skep.Swarm.Objects;
using Api = Skep.Docker.Engine;

namespace Skep.Docker.Swarm;

/// <summary>What users asked of containers as the Engine API shows it: without the registry's credentials.</summary>
internal static class ContainerSpecView
{
    public static Api.ContainerSpec Of(ContainerSpec spec) => new()
    {
        Image = Views.OrNull(spec.Image),
        Labels = Views.OrNull(spec.Labels),
        Command = Views.OrNull(spec.Command),
        Args = Views.OrNull(spec.Args),
        Hostname = Views.OrNull(spec.Hostname),
        Env = Views.OrNull(spec.Env),
        Dir = Views.OrNull(spec.Dir),
        User = Views.OrNull(spec.User),
        Groups = Views.OrNull(spec.Groups),
        Privileges = spec.Privileges is { } privileges ? PrivilegesOf(privileges) : null,
        Init = spec.Init,
        StopSignal = Views.OrNull(spec.StopSignal),
        Tty = spec.Tty,
        OpenStdin = spec.OpenStdin,
        ReadOnly = spec.ReadOnly,
        Mounts = spec.Mounts.IsEmpty ? null : [.. spec.Mounts.Select(MountViews.Of)],
        StopGracePeriod = spec.StopGracePeriod?.ToNanoseconds(),
        Healthcheck = spec.Healthcheck is { } health ? HealthOf(health) : null,
        Hosts = Views.OrNull(spec.Hosts),
        DnsConfig = spec.DnsConfig is { } dns ? DnsOf(dns) : null,
        Secrets = SecretsOf(spec),
        Configs = ConfigsOf(spec),
        Isolation = Views.Word(spec.Isolation),
        Sysctls = Views.OrNull(spec.Sysctls),
        CapabilityAdd = Views.OrNull(spec.CapabilityAdd),
        CapabilityDrop = Views.OrNull(spec.CapabilityDrop),
        Ulimits = spec.Ulimits.IsEmpty
            ? null
            : [.. spec.Ulimits.Select(limit => new Api.Ulimit(limit.Name, limit.Hard, limit.Soft))],
        OomScoreAdj = spec.OomScoreAdj,
    };

    private static Api.ContainerDns DnsOf(DnsConfig dns) => new()
    {
        Nameservers = Views.OrNull(dns.Nameservers),
        Search = Views.OrNull(dns.Search),
        Options = Views.OrNull(dns.Options),
    };

    private static Api.HealthConfig HealthOf(HealthConfig health) => new()
    {
        Test = Views.OrNull(health.Test),
        Interval = health.Interval?.ToNanoseconds() ?? 0,
        Timeout = health.Timeout?.ToNanoseconds() ?? 0,
        StartPeriod = health.StartPeriod?.ToNanoseconds() ?? 0,
        StartInterval = health.StartInterval?.ToNanoseconds() ?? 0,
        Retries = health.Retries,
    };

    private static Api.ContainerPrivileges PrivilegesOf(Privileges privileges) => new()
    {
        CredentialSpec = privileges.CredentialSpec is { } credentials
            ? new()
            {
                Config = credentials.Source == CredentialSource.Config ? credentials.Value : "",
                File = credentials.Source == CredentialSource.File ? credentials.Value : "",
                Registry = credentials.Source == CredentialSource.Registry ? credentials.Value : "",
            }
            : null,
        SeLinuxContext = privileges.SELinuxContext is { } context
            ? new()
            {
                Disable = context.Disable,
                User = context.User,
                Role = context.Role,
                Type = context.Type,
                Level = context.Level,
            }
            : null,
        Seccomp = privileges.Seccomp is { } seccomp
            ? new()
            {
                Mode = Views.Word(seccomp.Mode),
                Profile = seccomp.Profile.IsEmpty ? null : seccomp.Profile.ToArray(),
            }
            : null,
        AppArmor = privileges.AppArmor is { } armor ? new() { Mode = Views.Word(armor.Mode) } : null,
        NoNewPrivileges = privileges.NoNewPrivileges,
    };

    private static IReadOnlyList<Api.SecretUse>? SecretsOf(ContainerSpec spec)
    {
        List<Api.SecretUse> secrets =
        [
            .. spec.Secrets
                .Where(secret => secret.Target is not null)
                .Select(secret => new Api.SecretUse
                {
                    File = FileOf(secret.Target!),
                    SecretId = secret.SecretId.Value,
                    SecretName = secret.SecretName,
                }),
        ];
        return secrets.Count == 0 ? null : secrets;
    }

    private static IReadOnlyList<Api.ConfigUse>? ConfigsOf(ContainerSpec spec)
    {
        List<Api.ConfigUse> configs =
        [
            .. spec.Configs
                .Where(config => config.Target is not null)
                .Select(config => new Api.ConfigUse
                {
                    File = config.Target is FileTarget file ? FileOf(file) : null,
                    Runtime = config.Target is RuntimeTarget ? new() : null,
                    ConfigId = config.ConfigId.Value,
                    ConfigName = config.ConfigName,
                }),
        ];
        return configs.Count == 0 ? null : configs;
    }

    private static Api.FileUse FileOf(FileTarget file) => new()
    {
        Name = file.Name,
        Uid = file.Uid,
        Gid = file.Gid,
        Mode = file.Mode,
    };
}
