using Skep.Docker.Validation;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Api = Skep.Docker.Engine;

namespace Skep.Docker.Swarm;

/// <summary>What users ask of the containers of services, as the store keeps it.</summary>
internal static class ContainerSpecs
{
    /// <exception cref="RefusedException">A word that is not known, or what no container here can have.</exception>
    public static ContainerSpec ToSpec(Api.ContainerSpec asked) => new()
    {
        Image = asked.Image ?? "",
        Labels = Views.ToMap(asked.Labels),
        Command = Views.ToList(asked.Command),
        Args = Views.ToList(asked.Args),
        Hostname = asked.Hostname ?? "",
        Env = Views.ToList(asked.Env),
        Dir = asked.Dir ?? "",
        User = asked.User ?? "",
        Groups = Views.ToList(asked.Groups),
        Privileges = asked.Privileges is { } privileges ? ToPrivileges(privileges) : null,
        Init = asked.Init,
        StopSignal = asked.StopSignal ?? "",
        Tty = asked.Tty,
        OpenStdin = asked.OpenStdin,
        ReadOnly = asked.ReadOnly,
        Mounts = [.. (asked.Mounts ?? []).Select(MountViews.ToMount)],
        StopGracePeriod = asked.StopGracePeriod is { } grace ? SwarmDuration.FromNanoseconds(grace) : null,
        Healthcheck = asked.Healthcheck is { } health ? ToHealth(health) : null,
        Hosts = Views.ToList(asked.Hosts),
        DnsConfig = asked.DnsConfig is { } dns
            ? new()
            {
                Nameservers = Views.ToList(dns.Nameservers),
                Search = Views.ToList(dns.Search),
                Options = Views.ToList(dns.Options),
            }
            : null,
        Secrets = [.. (asked.Secrets ?? []).Select(ToSecret)],
        Configs = [.. (asked.Configs ?? []).Select(ToConfig)],
        Isolation = ToIsolation(asked.Isolation),
        Sysctls = Views.ToMap(asked.Sysctls),
        CapabilityAdd = Views.ToList(asked.CapabilityAdd),
        CapabilityDrop = Views.ToList(asked.CapabilityDrop),
        Ulimits =
        [
            .. (asked.Ulimits ?? []).Select(limit => new Ulimit
            {
                Name = limit.Name ?? "",
                Soft = limit.Soft,
                Hard = limit.Hard,
            }),
        ],
        OomScoreAdj = asked.OomScoreAdj,
    };

    private static HealthConfig ToHealth(Api.HealthConfig asked) => new()
    {
        Test = Views.ToList(asked.Test),
        Interval = SwarmDuration.FromNanoseconds(asked.Interval),
        Timeout = SwarmDuration.FromNanoseconds(asked.Timeout),
        Retries = asked.Retries,
        StartPeriod = SwarmDuration.FromNanoseconds(asked.StartPeriod),
        StartInterval = SwarmDuration.FromNanoseconds(asked.StartInterval),
    };

    private static Privileges ToPrivileges(Api.ContainerPrivileges asked)
    {
        if (asked.CredentialSpec is { } credentials)
        {
            throw RefuseCredentials(credentials);
        }

        return new()
        {
            SELinuxContext = asked.SeLinuxContext is { } context
                ? new()
                {
                    Disable = context.Disable,
                    User = context.User,
                    Role = context.Role,
                    Type = context.Type,
                    Level = context.Level,
                }
                : null,
            Seccomp = asked.Seccomp is { } seccomp
                ? new()
                {
                    Mode = ServiceWords.Named<SeccompMode>(seccomp.Mode, "seccomp mode"),
                    Profile = Bytes.CopyOf(seccomp.Profile),
                }
                : null,
            AppArmor = asked.AppArmor is { } armor
                ? new() { Mode = ServiceWords.Named<AppArmorMode>(armor.Mode, "AppArmor mode") }
                : null,
            NoNewPrivileges = asked.NoNewPrivileges,
        };
    }

    // Docker takes them anywhere and lets each task fail on Linux: it is better to hear it at once.
    private static RefusedException RefuseCredentials(Api.ContainerCredentials asked)
    {
        List<string> sources = [];
        Add("config", asked.Config);
        Add("file", asked.File);
        Add("registry", asked.Registry);
        return ServiceWords.Refused("invalid CredentialSpec: " + sources switch
        {
            [] => "must either provide \"file\", \"registry\", or \"config\" for credential spec",
            [_] => "credential specs are for Windows containers, and not supported on linux",
            [var first, var second] => $"cannot specify both {first} and {second} credential specs",
            _ => $"cannot specify both {sources[0]}, {sources[1]}, and {sources[2]} credential specs",
        });

        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                sources.Add(GoText.Quote(name));
            }
        }
    }

    private static ContainerIsolation ToIsolation(string? word) => word switch
    {
        null or "" => ContainerIsolation.Default,
        _ when word.Equals("default", StringComparison.OrdinalIgnoreCase) => ContainerIsolation.Default,
        _ => throw ServiceWords.Refused(
            $"invalid isolation ({word}): linux only supports 'default'"),
    };

    private static SecretReference ToSecret(Api.SecretUse asked) => new()
    {
        SecretId = new(asked.SecretId),
        SecretName = asked.SecretName,
        Target = asked.File is { } file ? ToFile(file) : null,
    };

    private static ConfigReference ToConfig(Api.ConfigUse asked) => new()
    {
        ConfigId = new(asked.ConfigId),
        ConfigName = asked.ConfigName,
        Target = asked switch
        {
            { File: null, Runtime: null } => throw ServiceWords.Refused(
                "invalid Config: either File or Runtime should be set"),
            { File: not null, Runtime: not null } => throw ServiceWords.Refused(
                "invalid Config: cannot specify both File and Runtime"),
            { File: { } file } => ToFile(file),
            _ => new RuntimeTarget(),
        },
    };

    private static FileTarget ToFile(Api.FileUse asked) => new()
    {
        Name = asked.Name,
        Uid = asked.Uid,
        Gid = asked.Gid,
        Mode = asked.Mode,
    };
}
