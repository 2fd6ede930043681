using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Values;

namespace Skep.Docker.Stacks;

/// <summary>The containers of a service.</summary>
internal static class StackContainers
{
    public static ContainerSpec Of(
        StackScope scope, ComposeProject project, ComposeService service, StackFileUses files)
    {
        if (string.IsNullOrEmpty(service.Image))
        {
            throw ComposeException.At(
                service.Place, $"invalid image reference for service {service.Name}: no image specified");
        }

        (IReadOnlyList<string>? added, IReadOnlyList<string>? dropped) = CapabilityLists.Created(
            service.CapAdd, service.CapDrop);
        return new ContainerSpec
        {
            Image = service.Image,
            Command = service.Entrypoint is { IsEmpty: false } entrypoint ? entrypoint : null,
            Args = service.Command is { IsEmpty: false } command ? command : null,
            Hostname = service.Hostname,
            Hosts = Listed(service.ExtraHosts.Select(HostLine)),
            DnsConfig = DnsOf(service),
            Healthcheck = HealthOf(service),
            Env = Listed(service.Environment.Select(Variable).Order(StringComparer.Ordinal)),
            Labels = StackRunOptions.AddTo(scope.Labels(service.Labels), service),
            Dir = service.WorkingDirectory,
            User = service.User,
            Groups = Listed(service.Groups),
            Mounts = Listed(StackMounts.Of(scope, project, service)),
            StopGracePeriod = service.StopGraceNanoseconds,
            StopSignal = service.StopSignal,
            Tty = service.HasTty,
            OpenStdin = service.IsStdinOpen,
            ReadOnly = service.IsReadOnly,
            Secrets = files.Secrets(),
            Configs = files.Configs(),
            Privileges = StackPrivileges.Of(service) with { CredentialSpec = CredentialsOf(service, files) },
            Isolation = service.Isolation,
            Init = service.Init,
            Sysctls = service.Sysctls.IsEmpty ? null : service.Sysctls,
            CapabilityAdd = added,
            CapabilityDrop = dropped,
            Ulimits = Listed(service.Ulimits.Select(limit =>
                new Ulimit(limit.Key, limit.Value.Hard, limit.Value.Soft))),
            OomScoreAdj = service.OomScoreAdjust,
        };
    }

    private static IReadOnlyList<T>? Listed<T>(IEnumerable<T> items)
    {
        T[] list = [.. items];
        return list.Length == 0 ? null : list;
    }

    private static string Variable(KeyValuePair<string, string?> variable) =>
        variable.Value is null ? variable.Key : $"{variable.Key}={variable.Value}";

    // As in /etc/hosts: the address first.
    private static string HostLine(string pair)
    {
        int colon = pair.IndexOf(':');
        return colon < 0 ? pair : $"{pair[(colon + 1)..]} {pair[..colon]}";
    }

    private static ContainerDns? DnsOf(ComposeService service)
    {
        bool isSaid = !service.Dns.IsEmpty || !service.DnsSearch.IsEmpty || !service.DnsOptions.IsEmpty;
        return !isSaid ? null : new ContainerDns
        {
            Nameservers = Listed(service.Dns),
            Search = Listed(service.DnsSearch),
            Options = Listed(service.DnsOptions),
        };
    }

    private static HealthConfig? HealthOf(ComposeService service)
    {
        if (service.Health is not { } health)
        {
            return null;
        }

        if (health.IsDisabled)
        {
            return health.Test.IsEmpty || health.Test is ["NONE"]
                ? new HealthConfig { Test = ["NONE"] }
                : throw ComposeException.At(
                    health.Place, $"service {service.Name}: test and disable can't be set at the same time");
        }

        return new HealthConfig
        {
            Test = health.Test.IsEmpty ? null : health.Test,
            Timeout = health.TimeoutNanoseconds ?? 0,
            Interval = health.IntervalNanoseconds ?? 0,
            Retries = (int)Math.Min(health.Retries ?? 0, int.MaxValue),
            StartPeriod = health.StartPeriodNanoseconds ?? 0,
            StartInterval = health.StartIntervalNanoseconds ?? 0,
        };
    }

    private static ContainerCredentials? CredentialsOf(ComposeService service, StackFileUses files)
    {
        if (service.CredentialSpec is not { } spec)
        {
            return null;
        }

        List<string> said = [.. new[] { ("Config", spec.Config), ("File", spec.File), ("Registry", spec.Registry) }
            .Where(way => !string.IsNullOrEmpty(way.Item2)).Select(way => $"\"{way.Item1}\"")];
        if (said.Count > 1)
        {
            string both = said.Count == 2
                ? $"{said[0]} and {said[1]}"
                : $"{said[0]}, {said[1]}, and {said[2]}";
            throw ComposeException.At(
                spec.Place, $"service {service.Name}: invalid credential spec: cannot specify both {both}");
        }

        return said.Count == 0 ? null : new ContainerCredentials
        {
            Config = files.Credentials()?.Id ?? "",
            File = spec.File ?? "",
            Registry = spec.Registry ?? "",
        };
    }
}
