using System.Globalization;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>Signals by the names that users write: "TERM", "SIGTERM", "15", "RTMIN+3".</summary>
public static class Signals
{
    private const int RealTimeMin = 34;
    private const int RealTimeMax = 64;

    private static readonly Dictionary<string, int> Numbers = MakeNumbers();

    /// <summary>The number; a name that no signal has is refused. Numbers are taken as they are, except 0.</summary>
    public static int Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return number != 0 ? number : throw Refused(text);
        }

        string name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        return Numbers.TryGetValue(name, out number) ? number : throw Refused(text);
    }

    /// <summary>Whether the kernel has a signal of this number.</summary>
    public static bool Exists(int number) => Numbers.ContainsValue(number);

    private static RefusedException Refused(string text) => new(ErrorKind.Invalid, $"Invalid signal: {text}");

    private static Dictionary<string, int> MakeNumbers()
    {
        var numbers = new Dictionary<string, int>
        {
            ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["ILL"] = 4, ["TRAP"] = 5, ["ABRT"] = 6, ["IOT"] = 6, ["BUS"] = 7,
            ["FPE"] = 8, ["KILL"] = 9, ["USR1"] = 10, ["SEGV"] = 11, ["USR2"] = 12, ["PIPE"] = 13, ["ALRM"] = 14,
            ["TERM"] = 15, ["STKFLT"] = 16, ["CHLD"] = 17, ["CLD"] = 17, ["CONT"] = 18, ["STOP"] = 19, ["TSTP"] = 20,
            ["TTIN"] = 21, ["TTOU"] = 22, ["URG"] = 23, ["XCPU"] = 24, ["XFSZ"] = 25, ["VTALRM"] = 26, ["PROF"] = 27,
            ["WINCH"] = 28, ["IO"] = 29, ["POLL"] = 29, ["PWR"] = 30, ["SYS"] = 31,
            ["RTMIN"] = RealTimeMin, ["RTMAX"] = RealTimeMax,
        };
        for (int step = 1; step <= 15; step++)
        {
            numbers[string.Create(CultureInfo.InvariantCulture, $"RTMIN+{step}")] = RealTimeMin + step;
        }

        for (int step = 1; step <= 14; step++)
        {
            numbers[string.Create(CultureInfo.InvariantCulture, $"RTMAX-{step}")] = RealTimeMax - step;
        }

        return numbers;
    }
}
