using Skep.Docker.Engine;

namespace Skep.Agent.Containers;

/// <summary>Decides whether a container that has ended is started again, and when. Pure.</summary>
public static class Restarts
{
    /// <summary>Docker's first delay; it doubles with each quick end.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>Who ran this long is well again: the next delay is the first one.</summary>
    public static readonly TimeSpan WellAfter = TimeSpan.FromSeconds(10);

    /// <param name="lastDelay">The delay before the run that has just ended; null: it was started by hand.</param>
    /// <returns>How long to wait before the next start; null: it stays as it is.</returns>
    public static TimeSpan? Decide(RestartPolicy policy, RunState ended, TimeSpan ranFor, TimeSpan? lastDelay)
    {
        bool wanted = policy.Name switch
        {
            "always" or "unless-stopped" => !ended.IsStoppedByHand,
            "on-failure" => !ended.IsStoppedByHand && ended.ExitCode != 0
                && (policy.MaximumRetryCount == 0 || ended.RestartCount < policy.MaximumRetryCount),
            _ => false,
        };
        if (!wanted)
        {
            return null;
        }

        if (ranFor >= WellAfter || lastDelay is null)
        {
            return FirstDelay;
        }

        TimeSpan doubled = lastDelay.Value * 2;
        return doubled > LongestDelay ? LongestDelay : doubled;
    }

    /// <summary>Whether a container that does not run is started when the daemon starts.</summary>
    public static bool IsWantedAtStart(RestartPolicy policy, RunState state) => policy.Name switch
    {
        "always" => state.StartedAt is not null,
        "unless-stopped" => state.StartedAt is not null && !state.IsStoppedByHand,
        "on-failure" => state.Phase == ContainerPhase.Restarting,
        _ => false,
    };
}
