using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--publish-add and --publish-rm: what is removed is known by target, protocol and mode.</summary>
internal static class ServicePorts
{
    public static IReadOnlyList<ServicePort>? Changed(
        IReadOnlyList<ServicePort> before, IEnumerable<string> added, IEnumerable<string> removed)
    {
        List<ServicePort> gone = [.. removed.SelectMany(PublishFlag.Parse)];
        HashSet<string> known = [.. before.Select(Text)];
        return Lists.OrNull<ServicePort>([.. before.DistinctBy(Text)
            .Where(port => !gone.Exists(other => IsSame(port, other)))
            .Concat(added.SelectMany(PublishFlag.Parse).Where(port => !known.Contains(Text(port))))
            .OrderBy(Text, StringComparer.Ordinal)]);
    }

    private static bool IsSame(ServicePort one, ServicePort other) =>
        one.TargetPort == other.TargetPort
        && (one.Protocol ?? "tcp") == (other.Protocol ?? "tcp")
        && (one.PublishMode ?? "ingress") == (other.PublishMode ?? "ingress");

    private static string Text(ServicePort port) =>
        $"{port.PublishedPort}:{port.TargetPort}/{port.Protocol}/{port.PublishMode}";
}
