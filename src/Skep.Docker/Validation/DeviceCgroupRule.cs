using System.Globalization;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>A line "c 1:3 rwm" of --device-cgroup-rule. Null numbers stand for "*".</summary>
/// <param name="Type">'a' (all), 'b' or 'c'.</param>
/// <param name="Access">One to three of the letters r, w and m.</param>
public sealed record DeviceCgroupRule(char Type, long? Major, long? Minor, string Access)
{
    public static DeviceCgroupRule Parse(string text)
    {
        string[] parts = text.Split(' ');
        if (parts is not [['a' or 'b' or 'c'], var numbers, { Length: >= 1 and <= 3 } access]
            || access.Any(letter => letter is not ('r' or 'w' or 'm'))
            || numbers.Split(':') is not [var major, var minor]
            || !IsNumber(major) || !IsNumber(minor))
        {
            throw new RefusedException(ErrorKind.Invalid, $"invalid device cgroup rule format: '{text}'");
        }

        return new DeviceCgroupRule(
            parts[0][0], Number(major, "major", text), Number(minor, "minor", text), access);
    }

    private static bool IsNumber(string text) => text == "*" || (text.Length > 0 && text.All(char.IsAsciiDigit));

    private static long? Number(string text, string what, string rule)
    {
        if (text == "*")
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new RefusedException(
                ErrorKind.Invalid, $"invalid {what} value in device cgroup rule format: '{rule}'");
    }
}
