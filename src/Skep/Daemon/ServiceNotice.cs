using System.Net.Sockets;
using System.Text;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>Tells the service manager how far the daemon is (sd_notify(3)); without one it does nothing.</summary>
public sealed class ServiceNotice(string? socketPath, Log log)
{
    /// <summary>Speaks to the service manager that started this process.</summary>
    public static ServiceNotice FromEnvironment(Log log) =>
        new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), log);

    public void Ready() => Send("READY=1");

    public void Stopping() => Send("STOPPING=1");

    private void Send(string state)
    {
        if (string.IsNullOrEmpty(socketPath))
        {
            return;
        }

        // A leading @ stands for the zero byte of an abstract name.
        string path = socketPath[0] == '@' ? "\0" + socketPath[1..] : socketPath;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e)
        {
            log.Warn("the service manager was not told", ("state", state), ("reason", e.Message));
        }
    }
}
