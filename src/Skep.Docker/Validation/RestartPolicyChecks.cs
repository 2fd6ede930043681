using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>Whether a restart policy makes sense.</summary>
public static class RestartPolicyChecks
{
    public static void Check(RestartPolicy policy)
    {
        switch (policy.Name)
        {
            case "":
                return;
            case "no" or "always" or "unless-stopped" when policy.MaximumRetryCount != 0:
                throw Refused($"maximum retry count cannot be used with restart policy '{policy.Name}'");
            case "on-failure" when policy.MaximumRetryCount < 0:
                throw Refused("maximum retry count cannot be negative");
            case "no" or "always" or "unless-stopped" or "on-failure":
                return;
            default:
                throw Refused($"invalid restart policy '{policy.Name}'");
        }
    }

    /// <summary>"" and "no".</summary>
    public static bool IsNone(RestartPolicy policy) => policy.Name is "" or "no";

    private static RefusedException Refused(string message) => new(ErrorKind.Invalid, message);
}
