using Skep.Docker.Engine;

namespace Skep.Agent.Health;

/// <summary>Runs one probe in the container.</summary>
/// <returns>The exit code and the first <see cref="HealthMonitor.OutputBytesMax"/> bytes of output.</returns>
public delegate Task<(int ExitCode, string Output)> RunProbe(IReadOnlyList<string> command, CancellationToken stop);

/// <summary>Probes a running container over and over and keeps what it learns.</summary>
/// <remarks>Lives from the start of a container's process to its end.</remarks>
public sealed class HealthMonitor(
    HealthPlan plan, RunProbe probe, Func<bool> mayProbe,
    Action<HealthState> onResult, Action<string> onStatus, TimeProvider time)
{
    /// <summary>Bytes of a probe's output that are kept, as in Docker.</summary>
    public const int OutputBytesMax = 4096;

    private volatile HealthState state = new();

    public HealthState State => state;

    /// <param name="startedAt">When the container's process was started.</param>
    public async Task RunAsync(DateTimeOffset startedAt, CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(state.Delay(plan, startedAt, time.GetUtcNow()), time, stop);
            if (!mayProbe())
            {
                // A paused container answers nothing, and is none the worse for it.
                continue;
            }

            HealthResult result = await ProbeAsync(stop);
            stop.ThrowIfCancellationRequested();
            string before = state.Status;
            state = state.After(result, plan, startedAt);
            onResult(state);
            if (state.Status != before)
            {
                onStatus(state.Status);
            }
        }
    }

    private async Task<HealthResult> ProbeAsync(CancellationToken stop)
    {
        DateTimeOffset start = time.GetUtcNow();
        using var timeout = new CancellationTokenSource(plan.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            (int exitCode, string output) = await probe(plan.Command, either.Token);
            return new HealthResult { Start = start, End = time.GetUtcNow(), ExitCode = exitCode, Output = output };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new HealthResult
            {
                Start = start,
                End = time.GetUtcNow(),
                ExitCode = -1,
                Output = $"Health check exceeded timeout ({GoText(plan.Timeout)})",
            };
        }
        catch (Skep.Swarm.RefusedException e)
        {
            return new HealthResult { Start = start, End = time.GetUtcNow(), ExitCode = -1, Output = e.Message };
        }
    }

    // As Go prints a duration: "30s", "1m30s", "500ms".
    private static string GoText(TimeSpan span) =>
        span < TimeSpan.FromSeconds(1)
            ? $"{span.TotalMilliseconds}ms"
            : (span.TotalHours >= 1 ? $"{(int)span.TotalHours}h" : "")
                + (span.TotalMinutes >= 1 ? $"{span.Minutes}m" : "")
                + $"{span.TotalSeconds - (Math.Floor(span.TotalMinutes) * 60):0.###}s";
}
