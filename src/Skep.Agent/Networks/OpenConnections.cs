namespace Skep.Agent.Networks;

/// <summary>Counts the connections that others have to what listens in a container.</summary>
/// <remarks>Connections of a container to itself do not count.</remarks>
internal static class OpenConnections
{
    // Established, just coming, and those whose last bytes the other side has not acknowledged yet: FIN_WAIT1,
    // CLOSE_WAIT, LAST_ACK, CLOSING. They would be lost with the container's network.
    private static readonly HashSet<string> open = ["01", "03", "04", "08", "09", "0B"];

    public static int Count(int process) => Count(TcpTable.Read(process));

    internal static int Count(IEnumerable<TcpTable.Entry> entries)
    {
        var listening = new HashSet<int>();
        var connected = new List<int>();
        foreach (TcpTable.Entry entry in entries)
        {
            if (entry.IsListening)
            {
                listening.Add(entry.Port);
            }
            else if (open.Contains(entry.State) && !entry.IsFromLoopback)
            {
                connected.Add(entry.Port);
            }
        }

        return connected.Count(listening.Contains);
    }
}
