using System.Globalization;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Docker.Validation;

/// <summary>
/// Ports as the Engine API writes them: "80/tcp" in a container, "8080" or "8000-8010" on the machine.
/// </summary>
public static class PortNumbers
{
    /// <summary>Refuses bindings that name no port.</summary>
    public static void Check(IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>? bindings)
    {
        foreach ((string port, IReadOnlyList<PortBinding>? targets) in
            bindings ?? new Dictionary<string, IReadOnlyList<PortBinding>?>())
        {
            string number = NumberOf(port);
            if (number.Length > 0 && !TryParse(number, out _))
            {
                throw Refused(number);
            }

            foreach (PortBinding target in targets ?? [])
            {
                string wanted = NumberOf(target.HostPort);
                if (wanted.Length > 0 && !TryParseRange(wanted, out _, out _))
                {
                    throw Refused(target.HostPort);
                }
            }
        }
    }

    public static bool TryParse(string text, out ushort port)
        => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);

    /// <summary>"80" is a range of one.</summary>
    public static bool TryParseRange(string text, out ushort first, out ushort last)
    {
        last = 0;
        string[] ends = text.Split('-');
        if (!TryParse(ends[0], out first))
        {
            return false;
        }

        last = first;
        return ends.Length == 1 || (TryParse(ends[1], out last) && last >= first);
    }

    private static string NumberOf(string port) => port.Split('/')[0];

    private static RefusedException Refused(string text)
        => new(ErrorKind.Invalid, $"invalid port specification: {GoText.Quote(text)}");
}
