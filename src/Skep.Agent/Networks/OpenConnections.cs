using System.Globalization;

namespace Skep.Agent.Networks;

/// <summary>Counts the connections that others have to what listens in a container.</summary>
/// <remarks>
/// From /proc/PID/net/tcp and tcp6, which show the process's network namespace. A line: number, own address and port
/// in hexadecimal digits, those of the other side, state, … Connections of a container to itself do not count.
/// </remarks>
internal static class OpenConnections
{
    private const string Listening = "0A";
    private const string LoopbackV4 = "0100007F", LoopbackV6 = "00000000000000000000000001000000";
    private const string MappedLoopback = "0000000000000000FFFF00000100007F";

    // Established, just coming, and those whose last bytes the other side has not acknowledged yet: FIN_WAIT1,
    // CLOSE_WAIT, LAST_ACK, CLOSING. They would be lost with the container's network.
    private static readonly HashSet<string> Open = ["01", "03", "04", "08", "09", "0B"];

    public static int Count(int process) => Count(
        Read($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/net/tcp")
            .Concat(Read($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/net/tcp6")));

    internal static int Count(IEnumerable<string> lines)
    {
        var listening = new HashSet<string>();
        var connected = new List<string>();
        foreach (string line in lines)
        {
            string[] words = line.Split((char[]?)null, 5, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 4 || !TrySplit(words[1], out _, out string port)
                || !TrySplit(words[2], out string other, out _))
            {
                continue;
            }

            if (words[3] == Listening)
            {
                listening.Add(port);
            }
            else if (Open.Contains(words[3])
                && other is not (LoopbackV4 or LoopbackV6 or MappedLoopback))
            {
                connected.Add(port);
            }
        }

        return connected.Count(listening.Contains);
    }

    private static bool TrySplit(string text, out string address, out string port)
    {
        int colon = text.IndexOf(':');
        (address, port) = colon < 0 ? ("", "") : (text[..colon], text[(colon + 1)..]);
        return colon >= 0;
    }

    // The process may end meanwhile, and then it has no connections.
    private static string[] Read(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
