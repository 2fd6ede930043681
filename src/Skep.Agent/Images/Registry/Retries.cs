using Skep.Swarm;

namespace Skep.Agent.Images.Registry;

/// <summary>Asks again when the network or the registry failed in a way that may pass.</summary>
internal sealed class Retries(RegistryOptions options, IdSource ids, TimeProvider time)
{
    /// <summary>Told of each pause before it begins.</summary>
    public Func<TimeSpan, ValueTask> OnPause { get; init; } = _ => ValueTask.CompletedTask;

    /// <summary>Runs a step up to five times. Each attempt may take as long as something moves.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            using var stall = new StallWatch(options.StallTime, time, stop);
            try
            {
                return await step(stall.Token);
            }
            catch (Exception e) when (e is RegistryRefusal or HttpRequestException or IOException
                or OperationCanceledException
                && attempt < ImageLimits.DownloadAttemptCount && IsTransient(e, stop))
            {
                await PauseAsync(attempt, (e as RegistryRefusal)?.RetryAfter, stop);
            }
            catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
            {
                throw StallWatch.Stalled(options.StallTime, e);
            }
        }
    }

    /// <summary>Waits before attempt number <paramref name="attempt"/> + 1.</summary>
    public async Task PauseAsync(int attempt, TimeSpan? asked, CancellationToken stop)
    {
        TimeSpan pause = PauseOf(attempt, options.RetryPause, ids.NewNumber(1000) / 1000.0);
        TimeSpan bounded = asked is null || asked < pause ? pause
            : asked.Value < ImageLimits.RetryAfterMax ? asked.Value : ImageLimits.RetryAfterMax;
        await OnPause(bounded);
        await Task.Delay(bounded, time, stop);
    }

    /// <summary>The base pause, doubled for each attempt, plus up to half of it by chance.</summary>
    internal static TimeSpan PauseOf(int attempt, TimeSpan first, double chance) =>
        first * Math.Pow(2, attempt - 1) * (1 + (chance / 2));

    public static bool IsTransient(Exception e, CancellationToken stop) => e switch
    {
        RegistryRefusal refusal => refusal.IsTransient,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => false,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => false,
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => false,
        HttpRequestException or IOException => true,
        OperationCanceledException => !stop.IsCancellationRequested,
        _ => false,
    };
}
