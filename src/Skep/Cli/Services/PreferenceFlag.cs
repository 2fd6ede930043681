using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>--placement-pref spread=LABEL: the only strategy that there is.</summary>
internal static class PreferenceFlag
{
    public static Option<string[]> Make(string name, string description) =>
        Flags.List(name, null, description, Check, "pref");

    public static string Check(string text)
    {
        Parse(text);
        return text;
    }

    /// <exception cref="FormatException">With docker's words.</exception>
    public static TaskPreference Parse(string text)
    {
        int equals = text.IndexOf('=');
        return equals <= 0
            ? throw new FormatException("placement preference must be of the format \"<strategy>=<arg>\"")
            : text[..equals] == "spread"
                ? new TaskPreference { Spread = new TaskSpread { SpreadDescriptor = text[(equals + 1)..] } }
                : throw new FormatException(
                    $"unsupported placement preference {text[..equals]} (only spread is supported)");
    }
}
