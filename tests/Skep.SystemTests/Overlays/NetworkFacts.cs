using System.Globalization;
using System.Text.Json;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Overlays;

/// <summary>A task's place on a network, as a manager's objects say.</summary>
/// <param name="IsServing">It runs and shall go on: new calls may go there.</param>
internal sealed record Place(
    string Network,
    string Node,
    string Service,
    string Container,
    IReadOnlyList<string> Addresses,
    bool IsServing);

/// <summary>The swarm's networks as the objects of one manager say, and what follows for kernels.</summary>
/// <remarks>Made of the API alone, not of the code that the nodes work with.</remarks>
internal sealed class NetworkFacts
{
    private static readonly string[] ended = ["complete", "shutdown", "failed", "rejected", "remove", "orphaned"];

    private readonly Dictionary<string, string> nodes = [];
    private readonly List<Place> places = [];
    private readonly List<(string Service, string Network, string Address)> virtualAddresses = [];
    private readonly List<(string Service, string Protocol, int Published, int Target)> ports = [];
    private readonly HashSet<string> unsettled = [];
    private readonly Dictionary<string, string> ids = [];
    private string ingress = "";

    /// <summary>Tasks that are on their way up or down, on nodes that are there.</summary>
    public IReadOnlyCollection<string> Unsettled => unsettled;

    /// <summary>Addresses that two have at a time, which must never be.</summary>
    public IEnumerable<string> Duplicates => places
        .SelectMany(static place => place.Addresses.Select(address => $"{place.Network} {address}"))
        .Concat(virtualAddresses.Select(static one => $"{one.Network} {one.Address}"))
        .GroupBy(static text => text).Where(static group => group.Count() > 1).Select(static group => group.Key);

    public static async Task<NetworkFacts> ReadAsync(TestHost manager)
    {
        using HttpClient api = manager.Api();
        var facts = new NetworkFacts();
        HashSet<string> away = [];
        foreach (JsonElement node in (await api.ListAsync("nodes")).EnumerateArray())
        {
            string id = Text(node, "ID");
            facts.nodes[id] = Text(node, "Description", "Hostname");
            if (Text(node, "Status", "State") != "ready")
            {
                away.Add(id);
            }
        }

        foreach (JsonElement network in (await api.ListAsync("networks")).EnumerateArray())
        {
            facts.ids[Text(network, "Name")] = Text(network, "Id");
            if (network.GetProperty("Ingress").GetBoolean())
            {
                facts.ingress = Text(network, "Id");
            }
        }

        foreach (JsonElement service in (await api.ListAsync("services")).EnumerateArray())
        {
            facts.AddService(service);
        }

        foreach (JsonElement task in (await api.ListAsync("tasks")).EnumerateArray())
        {
            facts.AddTask(task, away);
        }

        return facts;
    }

    /// <summary>The addresses of a service's tasks on a network that are to be called, sorted.</summary>
    /// <param name="service">By name, as the network.</param>
    public string[] TasksOf(string service, string network, bool isIPv4) =>
        [.. Serving(ids[service], ids[network], isIPv4)];

    /// <summary>The address of a service on a network.</summary>
    public string AddressOf(string service, string network, bool isIPv4) => virtualAddresses.Single(one =>
        one.Service == ids[service] && one.Network == ids[network] && IsIPv4(one.Address) == isIPv4).Address;

    /// <summary>What the kernel of a host must hold: <see cref="KernelNetworks"/> writes the same lines.</summary>
    public SortedSet<string> WantedOf(TestHost host)
    {
        string self = nodes.Single(node => node.Value == host.Name).Key;
        Place[] own = [.. places.Where(place => place.Node == self)];
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (IGrouping<string, Place> container in own.Where(static place => place.Container.Length > 0)
            .GroupBy(static place => place.Container))
        {
            lines.Add($"task {container.Key}");
            HashSet<string> networks = [.. container.Select(static place => place.Network)];
            foreach ((string service, string network, string address) in virtualAddresses)
            {
                if (networks.Contains(network))
                {
                    string[] targets = [.. Serving(service, network, IsIPv4(address))];
                    lines.Add(Line($"task {container.Key} {address}", targets));
                }
            }
        }

        foreach (string network in own.Select(static place => place.Network).Distinct().Where(id => id != ingress))
        {
            AddWays(lines, network, self);
        }

        foreach ((string service, string protocol, int published, int target) in ports)
        {
            string[] targets = [.. Serving(service, ingress, isIPv4: true).Select(address => $"{address}:{target}")];
            if (targets.Length > 0)
            {
                lines.Add(Line($"port {protocol}:{published}", targets));
            }
        }

        lines.Add($"links to the mesh: {own.Count(place => place.Network == ingress)}");
        return lines;
    }

    public static string Line(string key, IReadOnlyCollection<string> targets) =>
        string.Create(CultureInfo.InvariantCulture, $"{key} leads to {targets.Count}: {string.Join(' ', targets)}");

    private IEnumerable<string> Serving(string service, string network, bool isIPv4) => places
        .Where(place => place.Service == service && place.Network == network && place.IsServing)
        .SelectMany(static place => place.Addresses).Where(address => IsIPv4(address) == isIPv4)
        .Order(StringComparer.Ordinal);

    private void AddWays(SortedSet<string> lines, string network, string self)
    {
        string name = network[..10];
        lines.Add($"network {name}");
        foreach (Place other in places.Where(place => place.Network == network && place.Node != self))
        {
            // 02:42 and the four bytes of the address.
            string mac = "02:42:" + string.Join(':', other.Addresses.First(IsIPv4).Split('.')
                .Select(static part => byte.Parse(part, CultureInfo.InvariantCulture).ToString("x2", null)));
            lines.Add($"network {name} {mac} at 10.88.0.{nodes[other.Node]["host".Length..]}");
            lines.UnionWith(other.Addresses.Select(address => $"network {name} {address} is {mac}"));
        }
    }

    private void AddService(JsonElement service)
    {
        string id = Text(service, "ID");
        ids[Text(service, "Spec", "Name")] = id;
        JsonElement endpoint = service.GetProperty("Endpoint");
        foreach (JsonElement address in Each(endpoint, "VirtualIPs"))
        {
            string network = Text(address, "NetworkID");
            if (network != ingress && Text(address, "Addr") is { Length: > 0 } text)
            {
                virtualAddresses.Add((id, network, text.Split('/')[0]));
            }
        }

        foreach (JsonElement port in Each(endpoint, "Ports"))
        {
            if (Text(port, "PublishMode") == "ingress")
            {
                ports.Add((
                    id, Text(port, "Protocol"), port.GetProperty("PublishedPort").GetInt32(),
                    port.GetProperty("TargetPort").GetInt32()));
            }
        }
    }

    private void AddTask(JsonElement task, HashSet<string> away)
    {
        string node = Text(task, "NodeID"), state = Text(task, "Status", "State"), wanted = Text(task, "DesiredState");
        if (ended.Contains(state))
        {
            return;
        }

        if (!away.Contains(node) && (state != "running" || wanted != "running"))
        {
            unsettled.Add($"{Text(task, "ID")} is {state} and shall be {wanted}");
        }

        foreach (JsonElement attachment in node.Length > 0 ? Each(task, "NetworksAttachments") : [])
        {
            places.Add(new Place(
                Text(attachment, "Network", "ID"),
                node,
                Text(task, "ServiceID"),
                Text(task, "Status", "ContainerStatus", "ContainerID"),
                [.. Each(attachment, "Addresses").Select(static one => one.GetString()!.Split('/')[0])],
                state == "running" && wanted == "running"));
        }
    }

    private static bool IsIPv4(string address) => !address.Contains(':');

    private static IEnumerable<JsonElement> Each(JsonElement at, string name) =>
        at.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : [];

    private static string Text(JsonElement at, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (!at.TryGetProperty(name, out at))
            {
                return "";
            }
        }

        return at.GetString() ?? "";
    }
}
