using System.Globalization;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Containers;

/// <summary>Which containers a list shows. Pure.</summary>
internal sealed class ContainerFilter
{
    private static readonly string[] States =
        ["created", "running", "paused", "restarting", "removing", "exited", "dead"];

    private static readonly string[] HealthStates = ["none", "starting", "healthy", "unhealthy"];

    private readonly Filters filters;
    private readonly IReadOnlySet<string> ancestors;
    private readonly DateTimeOffset? before;
    private readonly DateTimeOffset? since;
    private readonly HashSet<int> exitCodes;

    /// <param name="ancestors">Ids of the images that the filter "ancestor" names.</param>
    public ContainerFilter(
        Filters filters, IReadOnlySet<string> ancestors, DateTimeOffset? before, DateTimeOffset? since)
    {
        this.filters = filters;
        this.ancestors = ancestors;
        this.before = before;
        this.since = since;
        CheckKnown("status", States, "invalid filter 'status={0}'");
        CheckKnown("health", HealthStates, "invalid filter 'health={0}'");
        exitCodes = [.. filters.Values("exited").Select(ParseCode)];
        if (filters.Values("is-task") is [var task, ..] && task is not ("true" or "false" or "1" or "0"))
        {
            throw new RefusedException(ErrorKind.Invalid, $"invalid filter 'is-task={task}'");
        }
    }

    /// <summary>Asks for states or exit codes: then containers that do not run are meant as well.</summary>
    public bool IncludesStopped => filters.Has("status") || filters.Has("exited");

    public bool Includes(ContainerRecord record, Docker.Engine.Health? health, NetworkSettings network) =>
        IncludesName(record)
        && (!filters.Has("id") || filters.Values("id").Any(id => record.Id.StartsWith(id, StringComparison.Ordinal)))
        && filters.MatchesLabels("label", record.Config.Labels)
        && (!filters.Has("ancestor") || ancestors.Contains(record.ImageId))
        && (before is null || record.Created < before)
        && (since is null || record.Created > since)
        && (exitCodes.Count == 0 || (record.State.StartedAt is not null && !record.IsAlive
            && exitCodes.Contains(record.State.ExitCode)))
        && (!filters.Has("status") || filters.Values("status").Contains(StatusText.State(record.State.Phase)))
        && (!filters.Has("health") || filters.Values("health").Contains(health?.Status ?? "none"))
        && (!filters.Has("is-task")
            || filters.Values("is-task").Any(value => (value is "true" or "1") == record.IsTask))
        && IncludesVolume(record)
        && IncludesNetwork(record, network)
        && IncludesPorts(record, network);

    private bool IncludesName(ContainerRecord record) =>
        !filters.Has("name")
        || filters.MatchesPattern("name", record.Name)
        || filters.MatchesPattern("name", "/" + record.Name);

    private bool IncludesVolume(ContainerRecord record) =>
        !filters.Has("volume") || filters.Values("volume").Any(wanted => record.Mounts.Any(mount =>
            mount.Name == wanted || mount.Destination == wanted || mount.Source == wanted));

    private bool IncludesNetwork(ContainerRecord record, NetworkSettings network)
    {
        if (!filters.Has("network"))
        {
            return true;
        }

        IEnumerable<(string Name, EndpointSettings Place)> places =
            (network.Networks ?? new Dictionary<string, EndpointSettings>()).Select(pair => (pair.Key, pair.Value));
        return filters.Values("network").Any(wanted => wanted == record.HostConfig.NetworkMode
            || places.Any(place => place.Name == wanted || place.Place.NetworkId == wanted
                || (wanted.Length > 0 && place.Place.NetworkId.StartsWith(wanted, StringComparison.Ordinal))));
    }

    private bool IncludesPorts(ContainerRecord record, NetworkSettings network)
    {
        bool Matches(string key, Func<string, bool> hasPort) =>
            !filters.Has(key) || filters.Values(key).Any(wanted => Expand(wanted).Any(hasPort));
        bool IsPublished(string port) =>
            (network.Ports.TryGetValue(port, out IReadOnlyList<PortBinding>? bindings) && bindings is { Count: > 0 })
            || network.Ports.Any(pair => pair.Value?.Any(binding =>
                binding.HostPort + "/" + pair.Key.Split('/').Last() == port) == true);
        bool IsExposed(string port) => record.Config.ExposedPorts?.ContainsKey(port) == true;
        return Matches("publish", IsPublished) && Matches("expose", IsExposed);
    }

    // "80", "80/udp", "8000-8010/tcp"
    private static IEnumerable<string> Expand(string text)
    {
        string[] halves = text.Split('/', 2);
        string type = halves.Length > 1 ? halves[1] : "tcp";
        if (!PortNumbers.TryParseRange(halves[0], out ushort first, out ushort last))
        {
            throw new RefusedException(ErrorKind.Invalid, $"invalid port '{text}' in filter");
        }

        for (int port = first; port <= last; port++)
        {
            yield return port.ToString(CultureInfo.InvariantCulture) + "/" + type;
        }
    }

    private void CheckKnown(string key, string[] known, string message)
    {
        foreach (string value in filters.Values(key))
        {
            if (!known.Contains(value))
            {
                throw new RefusedException(
                    ErrorKind.Invalid, string.Format(CultureInfo.InvariantCulture, message, value));
            }
        }
    }

    private static int ParseCode(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int code)
            ? code
            : throw new RefusedException(ErrorKind.Invalid, $"invalid filter 'exited={text}'");
}
