using System.Globalization;
using Skep.Docker.Engine;

namespace Skep.Cli.Creation;

/// <summary>--restart "on-failure:3".</summary>
internal static class RestartFlag
{
    /// <exception cref="FormatException">With docker's words.</exception>
    public static RestartPolicy Parse(string text)
    {
        int colon = text.IndexOf(':');
        string name = colon < 0 ? text : text[..colon];
        string count = colon < 0 ? "" : text[(colon + 1)..];
        if (colon == 0)
        {
            throw new FormatException("invalid restart policy format: no policy provided before colon");
        }

        return count.Length == 0 ? new RestartPolicy { Name = name }
            : int.TryParse(count, CultureInfo.InvariantCulture, out int retries)
                ? new RestartPolicy { Name = name, MaximumRetryCount = retries }
                : throw new FormatException(
                    "invalid restart policy format: maximum retry count must be an integer");
    }
}
