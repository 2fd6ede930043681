using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Stacks;
using Skep.Swarm.Objects;
using static Skep.Tests.Stacks.Composed;

namespace Skep.Tests.Stacks;

public class StackGatesTests
{
    private static ComposeService Named(string name, params ComposeStartGate[] gates) => new()
    {
        Name = name,
        Image = "x",
        DependsOn = ValueList.From(gates),
        Place = Place,
    };

    private static ComposeStartGate On(string service, string condition = "service_started") =>
        new(service, condition, true, new("stack.yml", 9));

    private static Dictionary<string, Skep.Docker.Engine.ServiceSpec> Specs(params ComposeService[] services) =>
        new StackServices(
            Scope, new ComposeProject { Services = ValueList.From(services) }, Nothing, Nothing).Specs()
            .ToDictionary(spec => spec.Name!);

    private static StackFileIds Nothing => new(new Dictionary<string, StackFileId>());

    private static string? LabelOf(Skep.Docker.Engine.ServiceSpec spec) =>
        spec.Labels!.TryGetValue("skep.start.after", out string? label) ? label : null;

    private static string RefusalOf(params ComposeService[] services) =>
        Assert.Throws<ComposeException>(() => Specs(services)).Message;

    [Fact]
    public void What_a_service_depends_on_is_a_label_for_the_managers()
    {
        var specs = Specs(
            Named("web", On("cache"), On("db", "service_healthy"), On("job", "service_completed_successfully")),
            Named("db"),
            Named("cache") with { Deploy = new() { Labels = ValueMap.Of(("skep.start.after", "other:healthy")) } },
            Named("job") with { Deploy = new() { Mode = "replicated-job" } });

        Assert.Equal("app_cache:started,app_db:healthy,app_job:completed", LabelOf(specs["app_web"]));
        Assert.Null(LabelOf(specs["app_db"]));
        Assert.Equal("other:healthy", LabelOf(specs["app_cache"]));
        Assert.Null(specs["app_job"].TaskTemplate.RestartPolicy);
    }

    [Fact]
    public void A_label_by_hand_and_what_the_file_says_are_waited_for_both()
    {
        ComposeService web = Named("web", On("db")) with
        {
            Deploy = new() { Labels = ValueMap.Of(("skep.start.after", "other:healthy")) },
        };

        Assert.Equal("other:healthy,app_db:started", LabelOf(Specs(web, Named("db"))["app_web"]));
    }

    [Theory]
    [InlineData(null, "on-failure")]
    [InlineData("no", "none")]
    [InlineData("on-failure:3", "on-failure")]
    public void What_must_complete_is_not_started_again_after_it_did(string? restart, string condition)
    {
        ComposeService job = Named("job") with { Run = new() { Restart = restart } };

        TaskRestartPolicy? policy = Specs(Named("web", On("job", "service_completed_successfully")), job)["app_job"]
            .TaskTemplate.RestartPolicy;

        Assert.Equal(condition, policy!.Condition);
        Assert.Equal(restart is "on-failure:3" ? 3UL : null, policy.MaxAttempts);
        Assert.Equal(restart is not null, Specs(Named("web", On("job")), job)["app_job"]
            .TaskTemplate.RestartPolicy is not null);
    }

    [Fact]
    public void What_can_never_come_true_is_refused_with_its_place_and_the_way_out()
    {
        Assert.Equal(
            "stack.yml:9: services.web.depends_on.job.condition: service_completed_successfully: job is started again "
            + "whenever it ends: give job the deploy.mode replicated-job, or a deploy.restart_policy with the "
            + "condition none or on-failure",
            RefusalOf(
                Named("web", On("job", "service_completed_successfully")),
                Named("job") with { Run = new() { Restart = "always" } }));
        Assert.Equal(
            "stack.yml:9: services.web.depends_on.db.condition: service_healthy: db has switched its healthcheck off: "
            + "wait for service_started",
            RefusalOf(
                Named("web", On("db", "service_healthy")),
                Named("db") with { Health = new() { IsDisabled = true, Place = Place } }));
    }

    [Fact]
    public void Services_that_wait_for_each_other_are_refused()
    {
        Assert.Equal(
            "stack.yml:7: services.a.depends_on: dependency cycle detected: a -> b -> c -> a",
            RefusalOf(Named("a", On("b")), Named("b", On("c")), Named("c", On("a"))));
        Assert.Equal(
            "stack.yml:7: services.a.depends_on: dependency cycle detected: a -> a", RefusalOf(Named("a", On("a"))));
    }
}
