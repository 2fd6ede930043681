using Skep.Agent.Health;
using Skep.Docker.Engine;

namespace Skep.Tests.Health;

public class HealthStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly HealthPlan Plan = HealthPlan.From(
        new HealthConfig { Test = ["CMD-SHELL", "true"], StartPeriod = 10_000_000_000, Retries = 3 }, shell: null)!;

    [Fact]
    public void Defaults_are_dockers()
    {
        HealthPlan plan = HealthPlan.From(new HealthConfig { Test = ["CMD", "curl", "x"] }, null)!;
        Assert.Equal(["curl", "x"], plan.Command);
        Assert.Equal((30, 30, 0, 5, 3), (plan.Interval.TotalSeconds, plan.Timeout.TotalSeconds,
            plan.StartPeriod.TotalSeconds, plan.StartInterval.TotalSeconds, plan.Retries));
        Assert.Null(HealthPlan.From(new HealthConfig { Test = ["NONE"] }, null));
        Assert.Null(HealthPlan.From(null, null));
    }

    [Fact]
    public void Failures_in_the_start_period_do_not_count()
    {
        HealthState state = Probe(new HealthState(), 1, 2, 4, 6);
        Assert.Equal((HealthState.Starting, 0), (state.Status, state.FailingStreak));
        state = Probe(state, 1, 11, 12, 13);
        Assert.Equal((HealthState.Unhealthy, 3), (state.Status, state.FailingStreak));
    }

    [Fact]
    public void A_success_heals_at_once_and_later_failures_count_even_in_the_start_period()
    {
        HealthState state = Probe(new HealthState(), 0, 1);
        Assert.Equal(HealthState.Healthy, state.Status);
        state = Probe(state, 1, 2, 3);
        Assert.Equal((HealthState.Healthy, 2), (state.Status, state.FailingStreak));
        Assert.Equal(HealthState.Unhealthy, Probe(state, 1, 4).Status);
    }

    [Fact]
    public void Only_the_last_five_results_are_kept() =>
        Assert.Equal(5, Probe(new HealthState(), 1, 1, 2, 3, 4, 5, 6, 7).Results.Length);

    [Fact]
    public void Probes_are_closer_together_while_it_starts()
    {
        var state = new HealthState();
        Assert.Equal(TimeSpan.FromSeconds(5), state.Delay(Plan, Start, Start.AddSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(30), state.Delay(Plan, Start, Start.AddSeconds(11)));
    }

    private static HealthState Probe(HealthState state, int exitCode, params int[] atSeconds) =>
        atSeconds.Aggregate(state, (before, second) => before.After(
            new HealthResult { Start = Start.AddSeconds(second), End = Start.AddSeconds(second), ExitCode = exitCode },
            Plan,
            Start));
}
