using System.CommandLine;
using Skep.Cli.Grammar;

namespace Skep.Cli.Services;

/// <summary>Flags of durations, in nanoseconds.</summary>
internal static class DurationFlag
{
    public static Option<long> Make(string name, string description) =>
        Flags.Make(name, null, "duration", description, GoDuration.Parse);

    public static Option<long> Positive(string name, string description) =>
        Flags.Make(name, null, "duration", description, text => GoDuration.Parse(text) is >= 0 and var nanoseconds
            ? nanoseconds
            : throw new FormatException("duration cannot be negative"));
}
