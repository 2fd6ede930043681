using System.Globalization;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Creation;

/// <summary>Flags whose values name a device.</summary>
internal static class DeviceFlags
{
    private const string BytesHint = "The correct format is <device-path>:<number>[<unit>]. "
        + "Number must be a positive integer. Unit is optional and can be kb, mb, or gb";

    private const string OperationsHint =
        "The correct format is <device-path>:<number>. Number must be a positive integer";

    public static WeightDevice Weight(string text)
    {
        (string path, string value) = Split(text);
        return ushort.TryParse(value, CultureInfo.InvariantCulture, out ushort weight)
            && weight is 0 or (>= 10 and <= 1000)
                ? new WeightDevice(path, weight)
                : throw new FormatException($"invalid weight for device: {text}");
    }

    public static ThrottleDevice BytesRate(string text)
    {
        (string path, string value) = Split(text);
        try
        {
            return new ThrottleDevice(path, (ulong)ByteSize.Parse(value));
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid rate for device: {text}. {BytesHint}");
        }
    }

    public static ThrottleDevice OperationsRate(string text)
    {
        (string path, string value) = Split(text);
        return ulong.TryParse(value, CultureInfo.InvariantCulture, out ulong rate)
            ? new ThrottleDevice(path, rate)
            : throw new FormatException($"invalid rate for device: {text}. {OperationsHint}");
    }

    /// <summary>"c 1:3 rwm".</summary>
    public static string CheckRule(string rule)
    {
        string[] parts = rule.Split(' ');
        bool fits = parts.Length == 3 && parts[0] is "a" or "c" or "b"
            && parts[1].Split(':') is [var major, var minor] && IsNumberOrStar(major) && IsNumberOrStar(minor)
            && parts[2].Length is >= 1 and <= 3 && parts[2].All("rwm".Contains);
        return fits ? rule : throw new FormatException($"invalid device cgroup format '{rule}'");
    }

    /// <summary>"/dev/x[:/dev/y][:rwm]".</summary>
    public static DeviceMapping Mapping(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 3 || parts[0].Length == 0)
        {
            throw new FormatException($"bad format for path: {text}");
        }

        bool secondIsMode = parts.Length == 2 && IsMode(parts[1]);
        string mode = parts.Length == 3 ? parts[2] : secondIsMode ? parts[1] : "rwm";
        string inside = parts.Length > 1 && !secondIsMode ? parts[1] : parts[0];
        if (!IsMode(mode))
        {
            throw new FormatException($"bad mode specified: {mode}");
        }

        return inside.StartsWith('/')
            ? new DeviceMapping(parts[0], inside, mode)
            : throw new FormatException($"{inside} is not an absolute path");
    }

    public static DeviceRequest Gpus(string text)
    {
        var request = new DeviceRequest { Options = new Dictionary<string, string>(), Capabilities = [["gpu"]] };
        bool hasCount = false;
        foreach (string field in CsvFields.Split(text))
        {
            int equals = field.IndexOf('=');
            string key = equals < 0 ? "count" : field[..equals];
            string value = field[(equals + 1)..];
            hasCount |= key == "count";
            request = key switch
            {
                "driver" => request with { Driver = value },
                "count" => request with { Count = Count(value) },
                "device" => request with { DeviceIds = value.Split(',') },
                "capabilities" => request with { Capabilities = [[.. value.Split(','), "gpu"]] },
                "options" => request with { Options = KeyValues.Map(CsvFields.Split(value)) },
                _ => throw new FormatException($"unexpected key '{key}' in '{field}'"),
            };
        }

        return hasCount || request.DeviceIds is not null ? request : request with { Count = 1 };
    }

    private static int Count(string text) => text == "all" ? -1
        : int.TryParse(text, CultureInfo.InvariantCulture, out int count) ? count
        : throw new FormatException(
            $"invalid count ({text}): value must be either \"all\" or an integer: invalid syntax");

    private static bool IsNumberOrStar(string text) =>
        text == "*" || (text.Length > 0 && text.All(char.IsAsciiDigit));

    private static bool IsMode(string text) =>
        text.Length > 0 && text.All("rwm".Contains) && text.Distinct().Count() == text.Length;

    private static (string Path, string Value) Split(string text)
    {
        int colon = text.IndexOf(':');
        if (colon <= 0)
        {
            throw new FormatException($"bad format: {text}");
        }

        return text.StartsWith("/dev/", StringComparison.Ordinal)
            ? (text[..colon], text[(colon + 1)..])
            : throw new FormatException($"bad format for device path: {text}");
    }
}
