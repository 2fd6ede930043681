using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>Looks again and again at how many tasks of a service run, and remembers the fewest and the most.</summary>
/// <param name="managers">Who is asked for tasks; one that does not answer is no answer.</param>
/// <param name="workers">Whose containers are counted: all of them are the service's.</param>
internal sealed class RunningBand(TestHost[] managers, TestHost[] workers, string service)
{
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(50);

    /// <summary>By what managers list.</summary>
    public (int Least, int Most, int Looks) Listed { get; private set; } = (int.MaxValue, 0, 0);

    /// <summary>By what has a process.</summary>
    public (int Least, int Most, int Looks) Alive { get; private set; } = (int.MaxValue, 0, 0);

    public async Task WatchAsync(CancellationToken stop)
    {
        List<HttpClient> apis = [.. managers.Select(static manager => manager.Api())];
        while (!stop.IsCancellationRequested)
        {
            Alive = Widened(Alive, workers.Sum(static worker => RunningContainers.Of(worker).Count));
            foreach (HttpClient api in apis)
            {
                if (await CountAsync(api) is { } count)
                {
                    Listed = Widened(Listed, count);
                }
            }

            await Task.Delay(pause, TimeProvider.System, CancellationToken.None);
        }

        apis.ForEach(static api => api.Dispose());
    }

    private async Task<int?> CountAsync(HttpClient api)
    {
        try
        {
            return (await TaskView.ListAsync(api, service)).Count(static task => task.IsRunning);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null; // It is the one that was killed, or nobody leads.
        }
    }

    private static (int Least, int Most, int Looks) Widened((int Least, int Most, int Looks) band, int count) =>
        (Math.Min(band.Least, count), Math.Max(band.Most, count), band.Looks + 1);
}
