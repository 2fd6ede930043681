using System.Net.Sockets;
using Skep.Agent.Names;
using Skep.Agent.Networks;
using Skep.Swarm.Networking;

namespace Skep.Tests.Networks;

public class SwarmNamesTests
{
    private readonly Dictionary<string, NameTable?> tables = [];

    [Fact]
    public void Names_of_services_lead_to_their_address_or_to_the_tasks_that_serve()
    {
        NameTable table = TableOf(
            "app",
            [Endpoint("t1", "web", 1, 11), Endpoint("t2", "web", 2, 12), Endpoint("t3", "dns", 1, 13)],
            [Service("web", ["www"], "10.0.1.2"), Service("dns", []), Service("idle", [])]);
        Assert.Equal(["10.0.1.2"], Find(table, "web"));
        Assert.Equal(["10.0.1.2"], Find(table, "WWW"));
        Assert.Equal(["10.0.1.11", "10.0.1.12"], Find(table, "tasks.web"));
        Assert.Equal(["10.0.1.13"], Find(table, "dns"));
        Assert.Equal(["10.0.1.12"], Find(table, "web.2.t2"));
        Assert.Equal(["10.0.1.12"], Find(table, "web.2"));
        Assert.Equal([], Find(table, "idle"));
        Assert.Null(table.Find("nobody"));
        Assert.Equal("web.1.t1", table.FindName(System.Net.IPAddress.Parse("10.0.1.11")));
        Assert.Equal("web", table.FindName(System.Net.IPAddress.Parse("10.0.1.2")));
    }

    [Fact]
    public void Names_lead_to_no_task_of_weight_0_while_another_one_weighs_more()
    {
        EndpointFacts none = Endpoint("t1", "dns", 1, 11) with { Weight = 0 };
        EndpointFacts some = Endpoint("t2", "dns", 2, 12) with { Weight = 1 };
        NameTable table = TableOf("app", [none, some], [Service("dns", [])]);
        Assert.Equal(["10.0.1.12"], Find(table, "dns"));
        Assert.Equal(["10.0.1.11", "10.0.1.12"], Find(table, "tasks.dns"));
        Assert.Equal(["10.0.1.11"], Find(TableOf("app", [none], [Service("dns", [])]), "dns"));
    }

    [Fact]
    public void Only_networks_that_changed_get_new_names_and_the_ingress_network_gets_none()
    {
        var names = new SwarmNames((network, table) => tables[network] = table);
        NetworkState state = With(
            NetworkState.Empty, Network("a"), Network("b"), Network("ingress") with { IsIngress = true });
        state = With(state, Endpoint("t1", "web", 1, 11) with { Network = new("a") });
        names.Apply(NetworkStep.To(state));
        Assert.Equal(["a", "b"], tables.Keys.Order());
        tables.Clear();
        names.Apply(NetworkStep.To(
            With(state, Endpoint("t1", "web", 1, 11) with { Network = new("a"), IsServing = false })));
        Assert.Equal(["a"], tables.Keys);
        Assert.Null(tables["a"]!.Find("web.1.t1"));
        names.Apply(NetworkStep.To(NetworkState.Empty));
        Assert.Null(tables["a"]);
    }

    [Fact]
    public void A_name_that_leads_nowhere_on_one_network_is_looked_for_on_the_next()
    {
        NameTable idle = TableOf("one", [], [Service("web", [])]);
        NameTable busy = TableOf("two", [], [Service("web", [], "10.0.2.2")]);
        var zone = new NameZone([idle, busy], new Dictionary<string, string>(), [], false);
        Assert.Equal("10.0.2.2", Assert.Single(zone.Find("web", AddressFamily.InterNetwork)!).ToString());
        Assert.Empty((zone with { Networks = [idle] }).Find("web", AddressFamily.InterNetwork)!);
    }

    private static NameTable TableOf(string network, EndpointFacts[] endpoints, ServiceFacts[] services) =>
        new(network, SwarmNames.HostsOf(endpoints, services));

    private static List<string>? Find(NameTable table, string name) =>
        table.Find(name)?.Select(one => one.ToString()).ToList();

    private static NetworkState With(NetworkState state, params NetworkFacts[] networks) =>
        state with { Networks = state.Networks.SetItems(networks.Select(one => KeyValuePair.Create(one.Id, one))) };

    private static NetworkState With(NetworkState state, EndpointFacts endpoint) =>
        state with { Endpoints = state.Endpoints.SetItem((endpoint.Network, endpoint.Task), endpoint) };

    private static NetworkFacts Network(string id) => new() { Id = new(id), Name = id };

    private static EndpointFacts Endpoint(string task, string service, int slot, int last) => new()
    {
        Task = new(task), Network = new("w"), Node = new("n"), Service = new(service),
        Name = $"{service}.{slot}.{task}", Addresses = [$"10.0.1.{last}"], IsServing = true,
    };

    private static ServiceFacts Service(string name, string[] aliases, params string[] addresses) => new()
    {
        Id = new(name), Network = new("w"), Name = name, Aliases = [.. aliases], VirtualAddresses = [.. addresses],
    };
}
