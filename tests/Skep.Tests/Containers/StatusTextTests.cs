using Skep.Agent.Containers;

namespace Skep.Tests.Containers;

public class StatusTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(0.4, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(120, "2 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(3600 * 5, "5 hours")]
    [InlineData(3600 * 47, "47 hours")]
    [InlineData(3600 * 24 * 3, "3 days")]
    [InlineData(3600 * 24 * 21, "3 weeks")]
    [InlineData(3600 * 24 * 90, "3 months")]
    [InlineData(3600L * 24 * 365 * 3, "3 years")]
    public void Spans_read_as_docker_says_them(double seconds, string text) =>
        Assert.Equal(text, StatusText.Span(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_status_says_the_state_and_since_when()
    {
        RunState Run(ContainerPhase phase) => new()
        {
            Phase = phase,
            StartedAt = Now.AddMinutes(-5),
            FinishedAt = Now.AddSeconds(-3),
            ExitCode = 7,
        };
        Assert.Equal("Created", StatusText.Describe(new RunState(), null, Now));
        Assert.Equal("Up 5 minutes", StatusText.Describe(Run(ContainerPhase.Running), null, Now));
        Assert.Equal("Up 5 minutes (healthy)", StatusText.Describe(Run(ContainerPhase.Running), "healthy", Now));
        Assert.Equal(
            "Up 5 minutes (health: starting)", StatusText.Describe(Run(ContainerPhase.Running), "starting", Now));
        Assert.Equal("Up 5 minutes (Paused)", StatusText.Describe(Run(ContainerPhase.Paused), null, Now));
        Assert.Equal("Exited (7) 3 seconds ago", StatusText.Describe(Run(ContainerPhase.Exited), null, Now));
        Assert.Equal("Restarting (7) 3 seconds ago", StatusText.Describe(Run(ContainerPhase.Restarting), null, Now));
    }
}
