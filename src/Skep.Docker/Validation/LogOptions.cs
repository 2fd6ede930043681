using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>Where a container's output may be kept, and how.</summary>
public static class LogOptions
{
    private static readonly string[] JsonFile =
        ["max-file", "max-size", "compress", "labels", "labels-regex", "env", "env-regex", "tag"];

    private static readonly string[] OfAll = ["mode", "max-buffer-size"];

    public static void Check(LogConfig log)
    {
        IReadOnlyDictionary<string, string> options = log.Config ?? new Dictionary<string, string>();
        if (log.Type == "none")
        {
            return;
        }

        string mode = options.GetValueOrDefault("mode", "");
        Refuse(mode is not ("" or "blocking" or "non-blocking"), $"logger: logging mode not supported: {mode}");
        Refuse(options.ContainsKey("max-buffer-size") && mode != "non-blocking",
            "logger: max-buffer-size option is only supported with 'mode=non-blocking'");
        Refuse(log.Type is not ("" or "json-file"),
            $"error looking up logging plugin {log.Type}: plugin {GoText.Quote(log.Type)} not found");
        foreach (string name in options.Keys.Order(StringComparer.Ordinal))
        {
            Refuse(!JsonFile.Contains(name) && !OfAll.Contains(name),
                $"unknown log opt '{name}' for json-file log driver");
        }
    }

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw new RefusedException(ErrorKind.Invalid, message);
        }
    }
}
