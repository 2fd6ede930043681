using System.Collections.Immutable;
using Skep.Manager.Leader;
using Skep.Swarm;
using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Orchestration;
using Skep.Swarm.Store;
using Skep.Tests.Store;

namespace Skep.Tests.Leader;

public class GuardedRoundTests
{
    private static readonly Decider NoRoles = (_, _, _) => Plan.Nothing;

    private readonly List<FailedDecision> failures = [];
    private int makings;

    [Fact]
    public void A_decision_that_throws_is_left_out_and_all_others_go_on()
    {
        bool isIll = true;
        int asked = 0;
        GuardedRound round = Round(
            Making("t1"),
            (_, _, _) =>
            {
                asked++;
                return isIll ? throw new InvalidOperationException("broken") : new([Create("t2")], null);
            },
            Making("t3"));
        StoreSnapshot store = Stores.With();
        Plan plan = Decide(round, store, Stores.Now);
        Assert.Equal(["t1", "t3"], Created(plan));
        Assert.Equal(Stores.Now.AddSeconds(1), plan.WakeAt);
        Assert.Equal("broken", Assert.Single(failures).Cause.Message);
        Assert.Null(failures[0].Service);
        Assert.Equal(2, makings); // What deciders remember may be half of something.

        Assert.Equal(["t1", "t3"], Created(Decide(round, store, Stores.Now.AddSeconds(0.9))));
        Assert.Equal((1, 2), (asked, makings));
        isIll = false;
        plan = Decide(round, store, Stores.Now.AddSeconds(1));
        Assert.Equal(["t1", "t2", "t3"], Created(plan));
        Assert.Null(plan.WakeAt);
        Assert.Single(failures);
    }

    [Fact]
    public void The_pause_doubles_to_a_bound_and_is_short_again_after_a_success()
    {
        bool isIll = true;
        GuardedRound round = Round((_, _, _) => isIll ? throw new InvalidOperationException() : Plan.Nothing);
        DateTimeOffset now = Stores.Now;
        var pauses = new List<double>();
        for (int time = 0; time < 8; time++)
        {
            DateTimeOffset next = Decide(round, Stores.With(), now).WakeAt!.Value;
            pauses.Add((next - now).TotalSeconds);
            now = next;
        }
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], pauses);
        isIll = false;
        Assert.Null(Decide(round, Stores.With(), now).WakeAt);
        isIll = true;
        Assert.Equal(now.AddSeconds(1), Decide(round, Stores.With(), now).WakeAt);
        Assert.Equal(9, failures.Count);
    }

    [Fact]
    public void What_cannot_be_done_to_the_store_counts_as_a_failure_of_who_decided_it()
    {
        GuardedRound round = Round(
            (_, _, _) => new([Create("t1"), Create("t1")], null), Making("t2"));
        Assert.Equal(["t2"], Created(Decide(round, Stores.With(), Stores.Now)));
        Assert.Single(failures);
    }

    [Fact]
    public void Roles_that_cannot_be_decided_stop_nothing_else()
    {
        GuardedRound round = Round(Making("t1"));
        Plan plan = round.Decide(
            Stores.With(),
            (_, _, _) => throw new InvalidOperationException("no roles"),
            Stores.Now,
            Stores.Ids(),
            failures.Add);
        Assert.Equal(["t1"], Created(plan));
        Assert.Equal(("roles", "no roles"), (failures[0].Decider, failures[0].Cause.Message));
    }

    [Fact]
    public void One_service_that_cannot_be_decided_about_is_left_out_until_it_changes_or_its_time_has_come()
    {
        StoreSnapshot store = Stores.With(Stores.Worker("w1"), Service("bad"), Service("good"), Service("other"));
        var round = new GuardedRound(aside => [new Orchestrators(aside).Decide]);

        // Services are decided about in the order of their ids; the first to need one for a task gets none.
        bool isIll = true;
        var random = new Random(5);
        var ids = new IdSource(bytes =>
        {
            (bool fails, isIll) = (isIll, false);
            if (fails)
            {
                throw new InvalidOperationException("no id");
            }
            random.NextBytes(bytes);
        });
        Assert.Equal(["good", "other"], ServicesOf(Look(0)));
        FailedDecision failure = Assert.Single(failures);
        Assert.Equal(
            ("Orchestrators", "bad", "no id"), (failure.Decider, failure.Service!.Id.Value, failure.Cause.Message));

        Assert.Equal(["good", "other"], ServicesOf(Look(0.5)));
        Assert.Single(failures);
        isIll = true;
        Plan again = Look(1);
        Assert.Equal(["good", "other"], ServicesOf(again));
        Assert.Equal(2, failures.Count);
        Assert.Equal(Stores.Now.AddSeconds(3), again.WakeAt);

        store = store.Change(write => write.Update(write.Services.Get(new("bad"))!));
        Assert.Equal(["bad", "good", "other"], ServicesOf(Look(1.5)));
        Assert.Equal(2, failures.Count);

        Plan Look(double seconds) => round.Decide(store, NoRoles, Stores.Now.AddSeconds(seconds), ids, failures.Add);
    }

    [Fact]
    public void More_services_than_are_left_out_one_by_one_leave_out_who_decides_about_them()
    {
        StoreSnapshot store = Stores.With(
            [.. Enumerable.Range(10, LeaderLimits.ServicesAside + 3).Select(number => Service($"s{number}"))]);
        GuardedRound round = new(aside =>
        [
            (cluster, _, _) => cluster.Services.All.FirstOrDefault(one => !aside.Contains(one)) is { } service
                ? throw new ServiceDecisionException(service, new InvalidOperationException())
                : Plan.Nothing,
            Making("t1"),
        ]);
        Assert.Equal(["t1"], Created(Decide(round, store, Stores.Now)));
        Assert.Equal(LeaderLimits.ServicesAside, failures.Count(one => one.Service is not null));
        Assert.Single(failures, one => one.Service is null);
    }

    [Fact]
    public void Who_does_not_leave_a_service_out_is_left_out_himself()
    {
        Service service = Service("s");
        GuardedRound round = new(
            _ => [(_, _, _) => throw new ServiceDecisionException(service, new InvalidOperationException())]);
        Decide(round, Stores.With(service), Stores.Now);
        Assert.Equal([service, null], failures.Select(one => one.Service));
    }

    private GuardedRound Round(params ImmutableArray<Decider> deciders) => new(_ =>
    {
        makings++;
        return deciders;
    });

    private Plan Decide(GuardedRound round, StoreSnapshot store, DateTimeOffset now) =>
        round.Decide(store, NoRoles, now, Stores.Ids(), failures.Add);

    private static Decider Making(string id) => (_, _, _) => new([Create(id)], null);

    private static Change Create(string id) => Change.Create(new SwarmTask { Id = new(id) });

    private static IEnumerable<string> Created(Plan plan) =>
        plan.Changes.SelectMany(static one => one.Actions).Select(static one => one.Object.RawId).Order();

    private static IEnumerable<string> ServicesOf(Plan plan) =>
        plan.Changes.SelectMany(static one => one.Actions).Select(static one => one.Object).OfType<SwarmTask>()
            .Select(static one => one.ServiceId.Value).Distinct().Order();

    private static Service Service(string id) => new()
    {
        Id = new(id),
        Spec = new()
        {
            Annotations = new() { Name = id },
            Mode = new ReplicatedService { Replicas = 1 },
            Task = new() { Runtime = new ContainerSpec { Image = "image" } },
        },
    };
}
