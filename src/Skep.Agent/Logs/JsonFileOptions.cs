using System.Globalization;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Logs;

/// <summary>What json-file's options ask for.</summary>
public sealed record JsonFileOptions
{
    /// <summary>Bytes of a file before it is rotated; null: never.</summary>
    public long? FileBytesMax { get; init; }

    /// <summary>Files kept, the current one included.</summary>
    public int FileCount { get; init; } = 1;

    public bool IsCompressed { get; init; }

    /// <summary>Written beside each line.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <exception cref="RefusedException">An option is unknown or its value wrong.</exception>
    public static JsonFileOptions Parse(LogConfig config, LogSubject subject)
    {
        var options = new JsonFileOptions();
        foreach ((string name, string value) in config.Config ?? new Dictionary<string, string>())
        {
            options = name switch
            {
                "max-size" => options with { FileBytesMax = ParseBytes(value) },
                "max-file" => options with { FileCount = ParseCount(value) },
                "compress" => options with { IsCompressed = ParseSwitch(value) },
                "labels" or "labels-regex" or "env" or "env-regex" or "tag" => options,

                // Output goes to the page cache and never waits for the disk: the two modes are one here.
                "mode" or "max-buffer-size" => options,
                _ => throw new RefusedException(
                    ErrorKind.Invalid, $"unknown log opt '{name}' for json-file log driver"),
            };
        }

        if (options.FileCount > 1 && options.FileBytesMax is null)
        {
            throw new RefusedException(ErrorKind.Invalid, "max-file cannot be > 1 with no max-size");
        }

        return options with { Attributes = LogAttributes.Choose(config.Config, subject) };
    }

    private static long? ParseBytes(string value)
    {
        if (value == "-1")
        {
            return null;
        }

        string digits = value.TrimEnd('b', 'B');
        long unit = digits is [.., var last]
            ? char.ToLowerInvariant(last) switch { 'k' => 1L << 10, 'm' => 1L << 20, 'g' => 1L << 30, _ => 1 }
            : 1;
        digits = unit == 1 ? digits : digits[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0
            ? number * unit
            : throw new RefusedException(ErrorKind.Invalid, $"invalid value for max-size: '{value}'");
    }

    private static int ParseCount(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1
            ? count
            : throw new RefusedException(ErrorKind.Invalid, "max-file cannot be less than 1");

    private static bool ParseSwitch(string value) => value.ToLowerInvariant() switch
    {
        "1" or "t" or "true" => true,
        "0" or "f" or "false" => false,
        _ => throw new RefusedException(ErrorKind.Invalid, $"invalid value for compress: '{value}'"),
    };
}
