using System.Collections.Immutable;
using Skep.Docker.Engine;

namespace Skep.Agent.Health;

/// <summary>When a container is probed, and how many failures make it unhealthy. Docker's defaults filled in.</summary>
public sealed record HealthPlan(
    IReadOnlyList<string> Command,
    TimeSpan Interval,
    TimeSpan Timeout,
    TimeSpan StartPeriod,
    TimeSpan StartInterval,
    int Retries)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultStartInterval = TimeSpan.FromSeconds(5);
    private const int DefaultRetries = 3;

    /// <param name="shell">The image's SHELL; null: /bin/sh -c.</param>
    /// <returns>Null: the container has no healthcheck.</returns>
    public static HealthPlan? From(HealthConfig? config, IReadOnlyList<string>? shell)
    {
        string[] test = [.. config?.Test ?? []];
        IReadOnlyList<string>? command = test switch
        {
            ["CMD", _, ..] => test[1..],
            ["CMD-SHELL", _, ..] =>
                [.. shell is { Count: > 0 } ? shell : ["/bin/sh", "-c"], string.Join(' ', test[1..])],
            _ => null,
        };
        return command is null
            ? null
            : new HealthPlan(
                command,
                Span(config!.Interval, DefaultInterval),
                Span(config.Timeout, DefaultTimeout),
                Span(config.StartPeriod, TimeSpan.Zero),
                Span(config.StartInterval, DefaultStartInterval),
                config.Retries > 0 ? config.Retries : DefaultRetries);
    }

    private static TimeSpan Span(long nanoseconds, TimeSpan otherwise) =>
        nanoseconds == 0 ? otherwise : TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}

/// <summary>What is known of a container's health. Immutable; changed by <see cref="After"/> alone.</summary>
public sealed record HealthState
{
    /// <summary>Results kept, as in Docker.</summary>
    public const int ResultCount = 5;

    public const string Starting = "starting", Healthy = "healthy", Unhealthy = "unhealthy";

    public string Status { get; init; } = Starting;
    public int FailingStreak { get; init; }
    public ImmutableArray<HealthResult> Results { get; init; } = [];

    /// <summary>The state after a probe. Failures in the start period do not count until the first success.</summary>
    public HealthState After(HealthResult result, HealthPlan plan, DateTimeOffset startedAt)
    {
        ImmutableArray<HealthResult> results = Results.Length == ResultCount
            ? Results.RemoveAt(0).Add(result)
            : Results.Add(result);
        if (result.ExitCode == 0)
        {
            return new HealthState { Status = Healthy, Results = results };
        }

        bool isExcused = Status == Starting && result.Start - startedAt < plan.StartPeriod;
        int streak = isExcused ? 0 : FailingStreak + 1;
        return new HealthState
        {
            Status = streak >= plan.Retries ? Unhealthy : Status,
            FailingStreak = streak,
            Results = results,
        };
    }

    /// <summary>How long to wait before the next probe.</summary>
    public TimeSpan Delay(HealthPlan plan, DateTimeOffset startedAt, DateTimeOffset now)
    {
        bool isStarting = Status == Starting && now - startedAt < plan.StartPeriod;
        return isStarting && plan.StartInterval < plan.Interval ? plan.StartInterval : plan.Interval;
    }

    public Docker.Engine.Health ToApi() =>
        new() { Status = Status, FailingStreak = FailingStreak, Log = Results };
}
