using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.ServiceRequests;

public class ServiceChangesTests
{
    private readonly ServiceSpec spec = ServiceSpecs.Named("web");
    private readonly IdSource ids = Stores.Ids();

    [Fact]
    public void A_new_service_has_an_id_and_the_first_edition_of_its_spec()
    {
        (StoreSnapshot store, Service service) = Create(Stores.With(), spec);
        Assert.Equal(25, service.Id.Value.Length);
        Assert.Equal(
            new Service { Id = service.Id, Meta = service.Meta, Spec = spec, SpecVersion = new(0) },
            store.Services.Get(service.Id));
        RefusesCreation(
            store,
            spec,
            SwarmCode.AlreadyExists,
            "name conflicts with an existing object: service web already exists");
    }

    [Fact]
    public void A_job_begins_to_run_when_it_is_made_and_again_with_every_update()
    {
        ServiceSpec job = spec with { Mode = new GlobalJob() };
        (StoreSnapshot store, Service service) = Create(Stores.With(), job);
        SwarmTime now = SwarmTime.From(Stores.Now);
        Assert.Equal(new JobStatus { LastExecution = now }, service.JobStatus);
        (_, service) = Update(store, service, job, rollback: false);
        Assert.Equal(new JobStatus { JobIteration = new(1), LastExecution = now }, service.JobStatus);
    }

    [Fact]
    public void An_update_keeps_the_spec_before_and_a_rollback_swaps_the_two()
    {
        (StoreSnapshot store, Service first) = Create(Stores.With(), spec);
        ServiceSpec more = spec with { Mode = new ReplicatedService { Replicas = 5 } };
        (store, Service second) = Update(store, first, more, rollback: false);
        Assert.Equal((more, spec), (second.Spec, second.PreviousSpec));
        Assert.Equal((first.Meta.Version, new ObjectVersion(0)), (second.SpecVersion, second.PreviousSpecVersion));
        Assert.Null(second.UpdateStatus);

        (_, Service back) = Update(store, second, more, rollback: true);
        Assert.Equal((spec, more), (back.Spec, back.PreviousSpec));
        Assert.Equal((second.PreviousSpecVersion, second.SpecVersion), (back.SpecVersion, back.PreviousSpecVersion));
        Assert.Equal(
            new UpdateStatus
            {
                State = UpdateState.RollbackStarted,
                Message = "manually requested rollback",
                StartedAt = SwarmTime.From(Stores.Now),
            },
            back.UpdateStatus);
    }

    [Fact]
    public void An_update_that_cannot_be_is_refused()
    {
        (StoreSnapshot store, Service service) = Create(Stores.With(), spec);
        ServiceSpec global = spec with { Mode = new GlobalService() };
        Refuses(store, service, global, "Unimplemented", "service mode change is not allowed");
        Refuses(store, service, ServiceSpecs.Named("other"), "Unimplemented", "renaming services is not supported");
        Refuses(
            store,
            service,
            spec with { Networks = [new() { Target = "n" }] },
            "Unimplemented",
            "networks must be migrated to TaskSpec before being changed");
        Service stale = service with { Meta = service.Meta with { Version = new(0) } };
        Refuses(store, stale, spec, "Unknown", "update out of sequence");
        Service missing = service with { Id = new("x") };
        Refuses(store, missing, spec, "NotFound", "service x not found");
        var refused = Assert.Throws<RefusedException>(() => Update(store, service, spec, rollback: true));
        Assert.Equal(
            $"rpc error: code = FailedPrecondition desc = service {service.Id} does not have a previous spec",
            refused.Message);
    }

    [Fact]
    public void Secrets_configs_and_networks_must_be_what_the_spec_says_of_them()
    {
        StoreSnapshot store = Stores.With(
            new Secret { Id = new("s"), Spec = new() { Annotations = new() { Name = "db" } } },
            new Config { Id = new("c"), Spec = new() { Annotations = new() { Name = "conf" } } },
            new SwarmNetwork
            {
                Id = new("in"),
                Spec = new() { Annotations = new() { Name = "ingress" }, Ingress = true },
            });
        RefusesCreation(store, Using("s", "other"), SwarmCode.InvalidArgument, "secret not found: other");
        RefusesCreation(
            store,
            spec.With(one => one with
            {
                Configs =
                [
                    new() { ConfigId = new("c"), ConfigName = "conf" },
                    new() { ConfigId = new("x"), ConfigName = "a" },
                    new() { ConfigId = new("y"), ConfigName = "b" },
                ],
            }),
            SwarmCode.InvalidArgument,
            "configs not found: a, b");
        RefusesCreation(
            store,
            spec with { Task = spec.Task with { Networks = [new() { Target = "in" }] } },
            SwarmCode.InvalidArgument,
            "Service cannot be explicitly attached to the ingress network \"ingress\"");
        Create(store, Using("s", "db"));
    }

    [Fact]
    public void A_published_port_of_another_service_is_taken_for_new_services_and_for_updates()
    {
        PortConfig port = new() { TargetPort = 80, PublishedPort = 8080 };
        (StoreSnapshot store, Service first) = Create(Stores.With(), spec.Publishing(port));
        ServiceSpec second = ServiceSpecs.Named("second");
        string words = $"port '8080' is already in use by service 'web' ({first.Id}) as an ingress port";
        RefusesCreation(store, second.Publishing(port), SwarmCode.InvalidArgument, words);
        (store, Service other) = Create(store, second);
        Refuses(store, other, second.Publishing(port), "InvalidArgument", words);
        Update(store, first, spec.Publishing(port), rollback: false);
    }

    [Fact]
    public void A_removed_service_is_gone_at_once_and_missed_afterwards()
    {
        (StoreSnapshot store, Service service) = Create(Stores.With(), spec);
        store = store.Change(change => ServiceChanges.Remove(change, service.Id));
        Assert.Null(store.Services.Get(service.Id));
        var refused = Assert.Throws<RefusedException>(
            () => store.Change(change => ServiceChanges.Remove(change, service.Id)));
        Assert.Equal(ErrorKind.NotFound, refused.Kind);
    }

    [Fact]
    public void Defaults_are_filled_in_only_where_the_user_said_nothing()
    {
        ServiceSpec own = spec with { Rollback = new() { Parallelism = 3, Order = UpdateOrder.StartFirst } };
        (StoreSnapshot store, Service service) = Create(Stores.With(), own);
        Assert.Equal(own, ServiceChanges.Get(store, service.Id, insertDefaults: false).Spec);
        ServiceSpec filled = ServiceChanges.Get(store, service.Id, insertDefaults: true).Spec;
        Assert.Equal(new SwarmDuration(10, 0), filled.Task.Container!.StopGracePeriod);
        Assert.Equal(new RestartPolicy { Condition = RestartCondition.Any, Delay = new(5, 0) }, filled.Task.Restart);
        Assert.Equal((1ul, new SwarmDuration(5, 0)), (filled.Update!.Parallelism, filled.Update.Monitor));
        Assert.Equal(own.Rollback with { Monitor = new(5, 0) }, filled.Rollback);
    }

    private ServiceSpec Using(string id, string name) => spec.With(one => one with
    {
        Secrets = [new() { SecretId = new(id), SecretName = name, Target = new() { Name = "f" } }],
    });

    private (StoreSnapshot Store, Service Service) Create(StoreSnapshot store, ServiceSpec wanted)
    {
        Service? made = null;
        return (store.Change(change => made = ServiceChanges.Create(change, wanted, ids)), made!);
    }

    private static (StoreSnapshot Store, Service Service) Update(
        StoreSnapshot store, Service service, ServiceSpec wanted, bool rollback)
    {
        Service? made = null;
        StoreSnapshot after = store.Change(change =>
            made = ServiceChanges.Update(change, service.Id, service.Meta.Version, wanted, rollback));
        return (after, made!);
    }

    private void RefusesCreation(StoreSnapshot store, ServiceSpec wanted, SwarmCode code, string words)
    {
        var refused = Assert.Throws<RefusedException>(() => Create(store, wanted));
        Assert.Equal($"rpc error: code = {code} desc = {words}", refused.Message);
    }

    private static void Refuses(StoreSnapshot store, Service service, ServiceSpec wanted, string code, string words)
    {
        var refused = Assert.Throws<RefusedException>(() => Update(store, service, wanted, rollback: false));
        Assert.Equal($"rpc error: code = {code} desc = {words}", refused.Message);
    }
}
