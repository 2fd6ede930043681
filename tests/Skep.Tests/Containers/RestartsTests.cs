using Skep.Agent.Containers;
using Skep.Docker.Engine;

namespace Skep.Tests.Containers;

public class RestartsTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    [Fact]
    public void Without_a_policy_nothing_is_started_again() =>
        Assert.Null(Restarts.Decide(new RestartPolicy { Name = "no" }, new RunState { ExitCode = 1 }, Quick, null));

    [Fact]
    public void The_delay_doubles_up_to_a_minute_and_falls_back_after_ten_good_seconds()
    {
        var always = new RestartPolicy { Name = "always" };
        TimeSpan? delay = null;
        var delays = new List<double>();
        for (int i = 0; i < 12; i++)
        {
            delay = Restarts.Decide(always, new RunState(), Quick, delay);
            delays.Add(delay!.Value.TotalMilliseconds);
        }

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000], delays);
        Assert.Equal(
            Restarts.FirstDelay, Restarts.Decide(always, new RunState(), TimeSpan.FromSeconds(10), delay));
    }

    [Theory]
    [InlineData(0, 0, 0, false)]
    [InlineData(1, 0, 99, true)]
    [InlineData(1, 3, 2, true)]
    [InlineData(1, 3, 3, false)]
    public void On_failure_counts_failures(int exitCode, int most, int restarts, bool isWanted)
    {
        var policy = new RestartPolicy { Name = "on-failure", MaximumRetryCount = most };
        var ended = new RunState { ExitCode = exitCode, RestartCount = restarts };
        Assert.Equal(isWanted, Restarts.Decide(policy, ended, Quick, null) is not null);
    }

    [Theory]
    [InlineData("always")]
    [InlineData("unless-stopped")]
    [InlineData("on-failure")]
    public void Who_was_stopped_by_hand_stays_stopped(string name)
    {
        var ended = new RunState { ExitCode = 137, IsStoppedByHand = true };
        Assert.Null(Restarts.Decide(new RestartPolicy { Name = name }, ended, Quick, null));
    }

    [Fact]
    public void After_a_restart_of_the_daemon_always_means_also_what_was_stopped_by_hand()
    {
        var stopped = new RunState { IsStoppedByHand = true, StartedAt = DateTimeOffset.UnixEpoch };
        Assert.True(Restarts.IsWantedAtStart(new RestartPolicy { Name = "always" }, stopped));
        Assert.False(Restarts.IsWantedAtStart(new RestartPolicy { Name = "unless-stopped" }, stopped));
        Assert.False(Restarts.IsWantedAtStart(new RestartPolicy { Name = "always" }, new RunState()));
    }
}
