using Skep.Transport.Parts;

namespace Skep.Tests.Daemon;

public class SuperviseTests
{
    [Fact]
    public async Task The_first_part_that_fails_stops_the_rest_and_its_failure_is_told()
    {
        bool isStopped = false;
        async Task Waits(CancellationToken stop)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }
            finally
            {
                isStopped = true;
            }
        }

        var failed = await Assert.ThrowsAsync<InvalidDataException>(
            () => Supervise.RunAsync([Waits, _ => throw new InvalidDataException("first")], CancellationToken.None));

        Assert.Equal("first", failed.Message);
        Assert.True(isStopped);
    }

    [Fact]
    public async Task Being_stopped_is_no_failure()
    {
        using var stop = new CancellationTokenSource();
        Task run = Supervise.RunAsync(
            [token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token)], stop.Token);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_part_that_ends_stops_the_rest()
    {
        await Supervise.RunAsync(
            [
                _ => Task.CompletedTask,
                token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token),
            ],
            CancellationToken.None);
    }
}
