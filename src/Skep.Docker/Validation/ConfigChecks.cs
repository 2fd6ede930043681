using Skep.Docker.Engine;
using Skep.Docker.Mounts;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>Whether a container's own part of a request makes sense. Wording is Docker's.</summary>
internal static class ConfigChecks
{
    /// <summary>Nanoseconds; shorter times in a health check are refused.</summary>
    private const long ShortestHealthTime = 1_000_000;

    /// <returns>The config with a clean working directory.</returns>
    public static ContainerConfig Check(ContainerConfig config)
    {
        if (!string.IsNullOrEmpty(config.StopSignal))
        {
            _ = Signals.Parse(config.StopSignal);
        }

        foreach (string variable in config.Env ?? [])
        {
            if (variable.Length == 0 || variable[0] == '=')
            {
                throw Refused("invalid environment variable: " + variable);
            }
        }

        CheckHealth(config.Healthcheck);
        return config with { WorkingDir = CleanDirectory(config.WorkingDir) };
    }

    private static string CleanDirectory(string directory)
    {
        if (directory.Length == 0)
        {
            return directory;
        }

        return directory[0] == '/'
            ? PathText.Clean("/" + directory)
            : throw Refused($"the working directory '{directory}' is invalid, it needs to be an absolute path");
    }

    private static void CheckHealth(HealthConfig? health)
    {
        if (health is null)
        {
            return;
        }

        CheckTime("Interval", health.Interval);
        CheckTime("Timeout", health.Timeout);
        if (health.Retries < 0)
        {
            throw Refused("Retries in Healthcheck cannot be negative");
        }

        CheckTime("StartPeriod", health.StartPeriod);
        CheckTime("StartInterval", health.StartInterval);
    }

    private static void CheckTime(string name, long nanoseconds)
    {
        if (nanoseconds != 0 && nanoseconds < ShortestHealthTime)
        {
            throw Refused($"{name} in Healthcheck cannot be less than 1ms");
        }
    }

    private static RefusedException Refused(string message) => new(ErrorKind.Invalid, message);
}
