using System.Globalization;
using Skep.Docker.Compose;
using Skep.Docker.Engine;

namespace Skep.Docker.Stacks;

/// <summary>deploy.restart_policy, or what `restart` means where that is not said.</summary>
internal static class StackRestarts
{
    public static TaskRestartPolicy? Of(ComposeProject project, ComposeService service) =>
        service.Deploy.Restart is { } policy
        ? new TaskRestartPolicy
        {
            Condition = policy.Condition,
            Delay = policy.DelayNanoseconds,
            MaxAttempts = policy.MaxAttempts,
            Window = policy.WindowNanoseconds,
        }
        : FromRestart(service) ?? ForWhoeverWaits(project, service);

    /// <summary>
    /// A service whose end another one waits for must have an end, and does in a compose file where nothing else is
    /// said.
    /// </summary>
    private static TaskRestartPolicy? ForWhoeverWaits(ComposeProject project, ComposeService service) =>
        service.Deploy.Mode is null or "" or "replicated" or "global" && StackGates.MustComplete(project, service)
            ? new TaskRestartPolicy { Condition = "on-failure" }
            : null;

    private static TaskRestartPolicy? FromRestart(ComposeService service)
    {
        string[] words = (service.Run.Restart ?? "").Split(':', 2);
        ulong attempts = 0;
        bool isKnown = words[0] is "on-failure"
            ? words.Length == 1
                || ulong.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out attempts)
            : words is ["" or "no" or "always" or "unless-stopped"];
        if (!isKnown)
        {
            throw ComposeException.At(service.PlaceOf("restart"),
                $"service {service.Name}: unknown restart policy: {service.Run.Restart}");
        }

        return words[0] switch
        {
            "always" or "unless-stopped" => new TaskRestartPolicy { Condition = "any" },
            "on-failure" => new TaskRestartPolicy { Condition = "on-failure", MaxAttempts = attempts },
            "no" => new TaskRestartPolicy { Condition = "none" },
            _ => null,
        };
    }
}
