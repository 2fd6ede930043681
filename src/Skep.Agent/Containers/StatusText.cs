namespace Skep.Agent.Containers;

/// <summary>States in Docker's words. Pure.</summary>
public static class StatusText
{
    /// <summary>The STATE of a list: created, running, paused, restarting, removing, exited, dead.</summary>
    public static string State(ContainerPhase phase) => phase.ToString().ToLowerInvariant();

    /// <summary>The STATUS of a list: "Up 5 minutes (healthy)".</summary>
    /// <param name="health">starting, healthy, unhealthy; null: it has no healthcheck.</param>
    public static string Describe(RunState state, string? health, DateTimeOffset now)
    {
        string since = state.FinishedAt is { } finished ? Span(now - finished) + " ago" : "";
        switch (state.Phase)
        {
            case ContainerPhase.Created:
                return "Created";
            case ContainerPhase.Removing:
                return "Removal In Progress";
            case ContainerPhase.Dead:
                return "Dead";
            case ContainerPhase.Restarting:
                return $"Restarting ({state.ExitCode}) {since}";
            case ContainerPhase.Exited:
                return state.FinishedAt is null ? "Created" : $"Exited ({state.ExitCode}) {since}";
        }

        string up = "Up " + Span(now - (state.StartedAt ?? now));
        if (state.Phase == ContainerPhase.Paused)
        {
            return up + " (Paused)";
        }

        return health switch
        {
            null => up,
            "starting" => up + " (health: starting)",
            _ => $"{up} ({health})",
        };
    }

    /// <summary>A span of time in go-units' words.</summary>
    public static string Span(TimeSpan span)
    {
        long seconds = (long)span.TotalSeconds;
        long minutes = (long)span.TotalMinutes;
        long hours = (long)(span.TotalHours + 0.5);
        return (seconds, minutes, hours) switch
        {
            ( < 1, _, _) => "Less than a second",
            (1, _, _) => "1 second",
            ( < 60, _, _) => $"{seconds} seconds",
            (_, 1, _) => "About a minute",
            (_, < 60, _) => $"{minutes} minutes",
            (_, _, 1) => "About an hour",
            (_, _, < 48) => $"{hours} hours",
            (_, _, < 24 * 7 * 2) => $"{hours / 24} days",
            (_, _, < 24 * 30 * 2) => $"{hours / 24 / 7} weeks",
            (_, _, < 24 * 365 * 2) => $"{hours / 24 / 30} months",
            _ => $"{hours / 24 / 365} years",
        };
    }
}
