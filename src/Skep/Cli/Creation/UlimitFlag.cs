using System.Globalization;
using Skep.Docker.Engine;

namespace Skep.Cli.Creation;

/// <summary>--ulimit name=soft[:hard].</summary>
internal static class UlimitFlag
{
    private static readonly string[] Names =
    [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
        "rtprio", "rttime", "sigpending", "stack",
    ];

    /// <exception cref="FormatException">With docker's words.</exception>
    public static Ulimit Parse(string text)
    {
        int equals = text.IndexOf('=');
        if (equals < 0)
        {
            throw new FormatException($"invalid ulimit argument: {text}");
        }

        string name = text[..equals];
        if (!Names.Contains(name))
        {
            throw new FormatException($"invalid ulimit type: {name}");
        }

        string[] limits = text[(equals + 1)..].Split(':');
        if (limits.Length > 2)
        {
            throw new FormatException($"too many limit value arguments - {text[(equals + 1)..]}, "
                + "can only have up to two, `soft[:hard]`");
        }

        long hard = Number(limits[^1]);
        long soft = Number(limits[0]);
        if (hard != -1 && soft == -1)
        {
            throw new FormatException("ulimit soft limit must be less than or equal to hard limit: "
                + $"soft: -1 (unlimited), hard: {hard}");
        }

        return hard == -1 || soft <= hard
            ? new Ulimit(name, hard, soft)
            : throw new FormatException(
                $"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}");
    }

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new FormatException($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
}
