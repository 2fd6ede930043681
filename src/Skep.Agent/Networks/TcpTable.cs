using System.Globalization;

namespace Skep.Agent.Networks;

/// <summary>The TCP sockets of a process's network namespace.</summary>
/// <remarks>
/// From /proc/PID/net/tcp and tcp6. A line: number, own address and port in hexadecimal digits, those of the other
/// side, state, …
/// </remarks>
internal static class TcpTable
{
    public const string Listening = "0A";

    private const string LoopbackV4 = "0100007F", LoopbackV6 = "00000000000000000000000001000000";
    private const string MappedLoopback = "0000000000000000FFFF00000100007F";

    /// <summary>One socket; addresses and state in the kernel's digits.</summary>
    public readonly record struct Entry(string Address, int Port, string Other, string State)
    {
        public bool IsListening => State == Listening;

        public bool IsOnLoopback => IsLoopback(Address);

        public bool IsFromLoopback => IsLoopback(Other);
    }

    /// <summary>All sockets; none when the process has ended.</summary>
    public static IEnumerable<Entry> Read(int process)
    {
        string folder = $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/net/";
        return Parse(ReadLines(folder + "tcp").Concat(ReadLines(folder + "tcp6")));
    }

    public static IEnumerable<Entry> Parse(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] words = line.Split((char[]?)null, 5, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 4 && TrySplit(words[1], out string address, out int port)
                && TrySplit(words[2], out string other, out _))
            {
                yield return new Entry(address, port, other, words[3]);
            }
        }
    }

    private static bool IsLoopback(string address) => address is LoopbackV4 or LoopbackV6 or MappedLoopback;

    private static bool TrySplit(string text, out string address, out int port)
    {
        int colon = text.IndexOf(':');
        (address, port) = (colon < 0 ? "" : text[..colon], 0);
        return colon >= 0 && int.TryParse(
            text.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out port);
    }

    // The process may end meanwhile, and then it has no sockets.
    private static string[] ReadLines(string path)
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
