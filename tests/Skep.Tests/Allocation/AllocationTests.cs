using Skep.Swarm.Allocation;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Scheduling;
using Skep.Tests.Store;

namespace Skep.Tests.Allocation;

public class AllocationTests
{
    private static readonly PortConfig Dynamic = new() { TargetPort = 80 };

    private static PortConfig Fixed(uint number) => new() { TargetPort = 80, PublishedPort = number };

    private static Service Service(string id, params PortConfig[] ports) => new()
    {
        Id = new(id),
        Spec = new()
        {
            Annotations = new() { Name = "name-" + id },
            Endpoint = new() { Ports = ValueList.From(ports) },
        },
    };

    private static SwarmTask New(string service, TaskSpec? spec = null) =>
        Scenes.Task(service, 1, spec) with { Status = new() { State = TaskState.New } };

    private static TaskSpec On(string network) => new() { Networks = [new() { Target = network }] };

    private static IEnumerable<uint> Ports(StoreSnapshot store, string service) =>
        store.Services.Get(new(service))!.Endpoint!.Ports.AsEnumerable().Select(port => port.PublishedPort);

    [Fact]
    public void A_swarm_has_the_networks_that_every_node_has()
    {
        var networks = new LocalNetworks();
        StoreSnapshot store = Stores.With().Decided(networks.Decide);

        Assert.Equal(
            ["bridge/bridge/true", "host/host/true"],
            store.Networks.All.OrderBy(one => one.Naming.Name, StringComparer.Ordinal).Select(one =>
                $"{one.Naming.Name}/{one.DriverState!.Name}/{one.Naming.Labels["com.docker.swarm.predefined"]}"));
        Assert.Empty(networks.Decide(store, Stores.Now, Stores.Ids()).Changes);
        Assert.Empty(new LocalNetworks().Decide(store, Stores.Now, Stores.Ids()).Changes);
    }

    [Fact]
    public void A_plan_that_was_not_carried_out_is_made_again()
    {
        var networks = new LocalNetworks();
        networks.Decide(Stores.With(), Stores.Now, Stores.Ids());

        Assert.Equal(2, networks.Decide(Stores.With(), Stores.Now, Stores.Ids()).Changes.Length);
        Assert.Empty(new LocalNetworks().Decide(StoreSnapshot.Empty, Stores.Now, Stores.Ids()).Changes);
    }

    [Fact]
    public void Ports_without_a_number_get_the_first_that_nobody_has()
    {
        StoreSnapshot store = Stores
            .With([Service("a", Dynamic, Fixed(30_001)), Service("b", Dynamic), Service("c", Fixed(8_080))])
            .Decided(new ServiceEndpoints(new()).Decide);

        Assert.Equal([30_000, 30_001], Ports(store, "a"));
        Assert.Equal([30_002], Ports(store, "b"));
        Assert.Equal([8_080], Ports(store, "c"));
        Assert.Equal(store.Services.Get(new("a"))!.Spec.Endpoint, store.Services.Get(new("a"))!.Endpoint!.Spec);
    }

    [Fact]
    public void A_port_that_was_given_out_stays_when_others_are_added()
    {
        var endpoints = new ServiceEndpoints(new());
        StoreSnapshot store = Stores.With([Service("a", Dynamic), Service("b", Dynamic)]).Decided(endpoints.Decide);
        Assert.Equal([30_001], Ports(store, "b"));

        store = store
            .Change(write =>
            {
                write.Delete(write.Services.Get(new("a"))!);
                Service b = write.Services.Get(new("b"))!;
                PortConfig udp = Dynamic with { Protocol = PortProtocol.Udp };
                write.Update(b with { Spec = b.Spec with { Endpoint = new() { Ports = [udp, Fixed(81), Dynamic] } } });
            })
            .Decided(endpoints.Decide);

        Assert.Equal([30_000, 81, 30_001], Ports(store, "b"));
    }

    [Fact]
    public void A_port_goes_to_who_came_first_and_to_the_other_when_it_is_free()
    {
        var endpoints = new ServiceEndpoints(new());
        StoreSnapshot store = Stores.With([Service("b", Fixed(80))]).Decided(endpoints.Decide)
            .Change(write => write.Create(Service("a", Fixed(80))))
            .Decided(endpoints.Decide);
        Assert.Null(store.Services.Get(new("a"))!.Endpoint);

        store = store.Change(write => write.Delete(write.Services.Get(new("b"))!)).Decided(endpoints.Decide);

        Assert.Equal([80], Ports(store, "a"));
    }

    [Fact]
    public void Ports_in_host_mode_are_nobodys_alone()
    {
        PortConfig port = Fixed(80) with { PublishMode = PublishMode.Host };
        StoreSnapshot store = Stores.With([Service("a", port), Service("b", port)])
            .Decided(new ServiceEndpoints(new()).Decide);

        Assert.Equal([80], Ports(store, "a"));
        Assert.Equal([80], Ports(store, "b"));
    }

    [Fact]
    public void A_service_that_publishes_nothing_has_no_endpoint_until_it_had_one()
    {
        var endpoints = new ServiceEndpoints(new());
        StoreSnapshot store = Stores.With([Service("a"), Service("b", Dynamic)]).Decided(endpoints.Decide);
        Assert.Null(store.Services.Get(new("a"))!.Endpoint);

        store = store.Change(write =>
        {
            Service b = write.Services.Get(new("b"))!;
            write.Update(b with { Spec = b.Spec with { Endpoint = null } });
        }).Decided(endpoints.Decide);

        Assert.Equal(new Endpoint(), store.Services.Get(new("b"))!.Endpoint);
    }

    [Theory]
    [InlineData(80, PublishMode.Ingress, PublishMode.Ingress, "as an ingress port")]
    [InlineData(80, PublishMode.Ingress, PublishMode.Host, "as an ingress port")]
    [InlineData(80, PublishMode.Host, PublishMode.Ingress, "as a host-published port")]
    [InlineData(80, PublishMode.Host, PublishMode.Host, null)]
    [InlineData(81, PublishMode.Ingress, PublishMode.Ingress, null)]
    public void A_taken_port_is_refused_in_Dockers_words(uint number, PublishMode has, PublishMode wants, string? why)
    {
        StoreSnapshot store = Stores.With([Service("a", Fixed(80) with { PublishMode = has })]);
        ServiceSpec spec = Service("b", Fixed(number) with { PublishMode = wants }).Spec;

        ServicePorts.RefuseTaken(store, spec, new("a"));
        Exception? refusal = Record.Exception(() => ServicePorts.RefuseTaken(store, spec, default));

        Assert.Equal(
            why is null
                ? null
                : $"rpc error: code = InvalidArgument desc = port '80' is already in use by service 'name-a' (a) {why}",
            refusal?.Message);
    }

    [Fact]
    public void A_new_task_is_ready_for_the_scheduler_with_the_ports_of_its_service()
    {
        PortConfig port = Fixed(80) with { PublishMode = PublishMode.Host };
        StoreSnapshot store = Stores.With([Service("a", port), New("a")]);
        Assert.Equal(
            "service name-a to which the task belongs has pending allocations",
            store.Decided(new TaskAllocation(new()).Decide).Error("a.001"));

        store = store.Decided(new ServiceEndpoints(new()).Decide).Decided(new TaskAllocation(new()).Decide);

        SwarmTask task = store.Tasks.Get(new("a.001"))!;
        Assert.Equal(
            (TaskState.Pending, "pending task scheduling", ""),
            (task.Status.State, task.Status.Message, task.Status.Err));
        Assert.Equal([port], task.Endpoint!.Ports);
        Assert.Empty(new TaskAllocation(new()).Decide(store, Stores.Now, Stores.Ids()).Changes);
    }

    [Fact]
    public void A_task_on_a_network_of_the_nodes_is_attached_by_name_or_id()
    {
        StoreSnapshot store = Stores.With().Decided(new LocalNetworks().Decide);
        SwarmNetwork host = store.Networks.Named("host")!;
        foreach (string target in new[] { "host", host.Id.Value })
        {
            Service service = Service("a") with { Spec = Service("a").Spec with { Task = On(target) } };
            StoreSnapshot placed = store
                .Change(write =>
                {
                    write.Create(service);
                    write.Create(New("a", On(target)));
                })
                .Decided(new ServiceEndpoints(new()).Decide)
                .Decided(new TaskAllocation(new()).Decide);

            Assert.Equal(TaskState.Pending, placed.Tasks.Get(new("a.001"))!.Status.State);
            Assert.Equal(host, placed.Tasks.Get(new("a.001"))!.Networks[0].Network);
            Assert.Equal([new() { NetworkId = host.Id }], placed.Services.Get(new("a"))!.Endpoint!.VirtualIPs);
        }
    }

    [Fact]
    public void A_task_that_needs_what_cannot_be_allocated_stays_new_and_says_why()
    {
        SwarmNetwork overlay = new()
        {
            Id = new("net"),
            Spec = new() { Annotations = new() { Name = "web" }, DriverConfig = new() { Name = "overlay" } },
        };
        StoreSnapshot store = Stores.With([
            overlay,
            Service("a"), New("a", On("web")),
            Service("b"), New("b", On("nowhere")),
            Service("c", Dynamic), New("c"),
            Service("d"), New("d", On("web")) with { DesiredState = TaskState.Shutdown },
            New("gone")]);
        StoreSnapshot decided = store
            .Decided(new ServiceEndpoints(new()).Decide)
            .Decided(new TaskAllocation(new()).Decide);

        Assert.All(decided.Tasks.All, task => Assert.Equal(TaskState.New, task.Status.State));
        Assert.Equal("network web attached to task not allocated yet", decided.Error("a.001"));
        Assert.Equal("network nowhere not found", decided.Error("b.001"));
        Assert.Equal("ingress network is missing", decided.Error("c.001"));
        Assert.Equal(("", ""), (decided.Error("d.001"), decided.Error("gone.001")));
        Assert.Empty(new TaskAllocation(new()).Decide(decided, Stores.Now, Stores.Ids()).Changes);
    }
}
