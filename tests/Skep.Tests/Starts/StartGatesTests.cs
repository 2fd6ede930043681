using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Starts;
using Skep.Tests.Orchestration;

namespace Skep.Tests.Starts;

/// <summary>Services that wait for each other, in a swarm of two nodes.</summary>
public class StartGatesTests
{
    private readonly ServiceSwarm swarm = new(2);

    private static ServiceMode Replicas(ulong count) => new ReplicatedService { Replicas = count };

    private ServiceId Create(string name, ServiceMode mode, string image, string? after = null, string? restart = null)
        => swarm.Create(mode, image, spec => spec with
        {
            Annotations = new()
            {
                Name = name,
                Labels = after is null ? default : ValueMap.Of((StartLabel.Key, after)),
            },
            Task = spec.Task with
            {
                Restart = restart is null ? null : new() { Condition = Enum.Parse<RestartCondition>(restart) },
            },
        });

    /// <summary>The one reason that all tasks of the service wait for.</summary>
    private string Reason(ServiceId service)
    {
        swarm.Settle();
        Assert.All(swarm.Tasks(service), task => Assert.Equal(TaskState.Pending, task.Status.State));
        return swarm.Tasks(service).Select(task => task.Status.Err).Distinct().Single();
    }

    /// <summary>A database that does not get healthy by itself, and a service that waits for it.</summary>
    private (ServiceId Db, ServiceId Web) WebThatWaits(ServiceMode mode, int dbCount = 1)
    {
        ServiceId db = Create("db", Replicas((ulong)dbCount), "slow");
        ServiceId web = Create("web", mode, "v1", "db:healthy");
        Assert.Equal("waiting for service db to be healthy", Reason(web));
        return (db, web);
    }

    private void AssertRuns(ServiceId service, int count)
    {
        swarm.Settle();
        Assert.Equal(count, swarm.Running(service).Length);
        Assert.All(swarm.Running(service), task => Assert.Equal("", task.Status.Err));
    }

    private void Report(ServiceId service, TaskState state) => swarm.Report(swarm.Tasks(service)[0].Id, state);

    [Fact]
    public void Started_is_a_service_one_of_whose_tasks_is_being_started()
    {
        ServiceId db = Create("db", Replicas(2), "slow");
        ServiceId web = Create("web", Replicas(3), "v1", "db");
        Assert.Equal("waiting for service db to start", Reason(web));

        Report(db, TaskState.Starting);

        AssertRuns(web, 3);
    }

    [Fact]
    public void Healthy_is_a_service_one_of_whose_tasks_runs()
    {
        (ServiceId db, ServiceId web) = WebThatWaits(new GlobalService(), dbCount: 2);
        Report(db, TaskState.Starting);
        Assert.Equal("waiting for service db to be healthy", Reason(web));

        Report(db, TaskState.Running);

        AssertRuns(web, 2);
    }

    [Theory]
    [InlineData("job")]
    [InlineData("global job")]
    [InlineData("replicated")]
    [InlineData("global")]
    public void Completed_is_a_service_all_of_whose_tasks_ended_well(string kind)
    {
        ServiceMode mode = kind switch
        {
            "job" => new ReplicatedJob { TotalCompletions = 2, MaxConcurrent = 1 },
            "global job" => new GlobalJob(),
            "global" => new GlobalService(),
            _ => Replicas(2),
        };
        ServiceId migrate = Create("migrate", mode, "slow", null, "OnFailure");
        ServiceId web = Create("web", Replicas(1), "v1", "migrate:completed");
        Assert.Equal("waiting for service migrate to complete", Reason(web));
        Report(migrate, TaskState.Complete);
        Assert.Equal("waiting for service migrate to complete", Reason(web));

        TaskId other = swarm.Tasks(migrate).Single(task => task.Status.State != TaskState.Complete).Id;
        swarm.Report(other, TaskState.Complete);

        AssertRuns(web, 1);
    }

    [Fact]
    public void What_failed_is_not_completed_until_it_ended_well()
    {
        ServiceId migrate = Create("migrate", Replicas(1), "bad", null, "None");
        ServiceId web = Create("web", Replicas(1), "v1", "migrate:completed");
        Assert.Equal("waiting for service migrate to complete", Reason(web));

        swarm.SetImage(migrate, "once");

        AssertRuns(web, 1);
    }

    [Fact]
    public void Each_gate_is_waited_for_in_turn()
    {
        ServiceId db = Create("db", Replicas(1), "slow");
        ServiceId cache = Create("cache", Replicas(1), "slow");
        ServiceId web = Create("web", Replicas(1), "v1", "db:healthy,cache:healthy");
        Assert.Equal("waiting for service db to be healthy", Reason(web));
        Report(db, TaskState.Running);
        Assert.Equal("waiting for service cache to be healthy", Reason(web));

        Report(cache, TaskState.Running);

        AssertRuns(web, 1);
    }

    [Fact]
    public void A_new_leader_goes_on_holding_back_and_has_nothing_to_say_anew()
    {
        (ServiceId db, ServiceId web) = WebThatWaits(Replicas(2));

        swarm.ChangeLeader();
        Assert.False(swarm.Look());
        Assert.Equal("waiting for service db to be healthy", Reason(web));
        swarm.ChangeLeader();
        Report(db, TaskState.Running);

        AssertRuns(web, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_the_first_start_is_held_back(bool isNewLeader)
    {
        ServiceId db = Create("db", Replicas(1), "v1");
        ServiceId web = Create("web", Replicas(2), "v1", "db:healthy");
        AssertRuns(web, 2);
        swarm.Scale(db, 0);
        swarm.Settle();
        if (isNewLeader)
        {
            swarm.ChangeLeader();
        }

        swarm.Scale(web, 3);
        AssertRuns(web, 3);
        swarm.Report(swarm.Running(web)[0].Id, TaskState.Failed);
        swarm.Pass(10);
        AssertRuns(web, 3);
        swarm.SetImage(web, "v2");
        swarm.Pass(60);

        Assert.Equal(["v2", "v2", "v2"], swarm.Running(web).Select(task => task.Spec.Container!.Image));
    }

    [Fact]
    public void A_service_that_comes_back_from_no_tasks_waits_again()
    {
        ServiceId db = Create("db", Replicas(1), "v1");
        ServiceId web = Create("web", Replicas(2), "v1", "db:healthy");
        AssertRuns(web, 2);
        swarm.Scale(db, 0);
        swarm.Scale(web, 0);
        // The old tasks still run when the new ones are asked for.
        Assert.True(swarm.Look());
        swarm.Scale(web, 1);
        Assert.Equal("waiting for service db to be healthy, which is scaled to 0", Reason(web));

        swarm.Scale(db, 1);

        AssertRuns(web, 1);
    }

    [Fact]
    public void What_is_held_back_can_be_changed_and_waits_on()
    {
        (ServiceId db, ServiceId web) = WebThatWaits(Replicas(1));
        swarm.SetImage(web, "v2");
        swarm.Settle();
        Assert.Empty(swarm.Running(web));

        swarm.Update(web, spec => spec with { Annotations = spec.Annotations with { Labels = default } });

        AssertRuns(web, 1);
        Assert.Equal("v2", swarm.Running(web)[0].Spec.Container!.Image);
        Assert.Empty(swarm.Running(db));
    }

    [Fact]
    public void A_service_that_is_not_there_is_named()
    {
        ServiceId web = Create("web", Replicas(1), "v1", "db:healthy");
        Assert.Equal("waiting for service db, which does not exist", Reason(web));

        Create("db", Replicas(1), "v1");

        AssertRuns(web, 1);
    }

    [Fact]
    public void Services_that_wait_for_each_other_are_named_until_one_does_not()
    {
        ServiceId web = Create("web", Replicas(1), "v1", "api:healthy");
        ServiceId api = Create("api", Replicas(1), "v1", "db");
        ServiceId db = Create("db", Replicas(1), "v1", "web:completed");
        Assert.Equal(
            "waiting for service api to be healthy, which waits for this one: web -> api -> db -> web", Reason(web));
        Assert.Equal(
            "waiting for service web to complete, which waits for this one: db -> web -> api -> db", Reason(db));

        swarm.Update(db, spec => spec with { Annotations = spec.Annotations with { Labels = default } });

        AssertRuns(api, 1);
        AssertRuns(web, 1);
    }

    [Fact]
    public void What_is_started_again_whenever_it_ends_never_completes()
    {
        Create("migrate", Replicas(1), "once");
        ServiceId web = Create("web", Replicas(1), "v1", "migrate:completed");

        Assert.Equal(
            "waiting for service migrate to complete, which is started again whenever it ends: make it a job, or its "
            + "restart condition none or on-failure",
            Reason(web));
    }

    [Fact]
    public void A_node_that_has_no_room_is_the_reason_once_nothing_is_waited_for()
    {
        ServiceId db = Create("db", Replicas(1), "slow");
        ServiceId web = Create("web", Replicas(1), "v1", "db:healthy");
        swarm.Update(web, spec => spec with
        {
            Task = spec.Task with { Placement = new() { Constraints = ["node.hostname==n9"] } },
        });
        Assert.Equal("waiting for service db to be healthy", Reason(web));
        Report(db, TaskState.Running);
        Assert.Equal("no suitable node (scheduling constraints not satisfied on 2 nodes)", Reason(web));

        swarm.Scale(db, 0);

        Assert.Equal("waiting for service db to be healthy, which is scaled to 0", Reason(web));
    }
}
