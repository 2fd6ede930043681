using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;
using Skep.Swarm.Starts;
using Skep.Tests.ServiceRequests;
using static Skep.Swarm.Starts.StartCondition;

namespace Skep.Tests.Starts;

public class StartLabelTests
{
    private static ValueMap<string> Labels(string value) => ValueMap.Of((StartLabel.Key, value));

    [Fact]
    public void A_label_names_services_and_what_must_be_true_of_them()
    {
        Assert.Equal(
            [new("shop_db", Healthy), new("migrate", Completed), new("cache", Started), new("dns", Started)],
            StartLabel.Read(Labels("shop_db:healthy, migrate:completed,cache:started,,dns")));
        Assert.Empty(StartLabel.Read(default));
        Assert.Equal(
            "db:healthy,migrate:completed,cache:started",
            StartLabel.Write([new("db", Healthy), new("migrate", Completed), new("cache", Started)]));
    }

    [Fact]
    public void What_another_manager_let_pass_is_passed_over() => Assert.Equal(
        [new("db", Healthy)], StartLabel.Read(Labels("db:healthy,db:started,a b,x:well,y:started:now,:healthy")));

    [Theory]
    [InlineData("db:well", "\"db:well\" is not NAME:CONDITION; the conditions are started, healthy and completed")]
    [InlineData("my db:healthy", "\"my db:healthy\" is not NAME:CONDITION")]
    [InlineData("db:healthy:now", "\"db:healthy:now\" is not NAME:CONDITION")]
    [InlineData("db,web:healthy", "\"web:healthy\" is the service itself: name another one, or take it out")]
    [InlineData("db:healthy,db", "\"db\" names db a second time: leave one of them")]
    [InlineData(" ,", "\" ,\" names 0 services: name 1 to 32, or remove the label")]
    public void What_means_nothing_is_refused_by_name_with_the_way_out(string value, string problem)
    {
        var spec = new ServiceSpec
        {
            Annotations = new() { Name = "web", Labels = Labels(value) },
            Mode = new GlobalService(),
            Task = new() { Runtime = new ContainerSpec { Image = "web:1" } },
        };

        string message = Assert.Throws<RefusedException>(
            () => ServiceChanges.Check(spec, ServiceSpecs.Formats)).Message;

        Assert.Contains("service web: label skep.start.after: " + problem, message);
    }

    [Fact]
    public void More_services_than_anybody_waits_for_are_refused()
    {
        string value = string.Join(',', Enumerable.Range(1, Limits.StartGates + 1).Select(number => $"s{number}"));

        Assert.Contains("names 33 services", Assert.Throws<RefusedException>(
            () => StartLabel.Check(new() { Name = "web", Labels = Labels(value) })).Message);
        Assert.Equal(Limits.StartGates, StartLabel.Read(Labels(value)).Count);
    }
}
