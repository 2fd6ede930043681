using System.Net.Sockets;
using System.Text;
using Skep.Daemon;
using Skep.Swarm;

namespace Skep.Tests.Daemon;

public sealed class DaemonFilesTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("skep-daemon-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_second_daemon_is_told_who_holds_the_data_root()
    {
        using RootLock first = RootLock.Take(directory, "data-root");
        var refused = Assert.Throws<RefusedException>(() => RootLock.Take(directory, "data-root"));
        Assert.Contains($"(process {Environment.ProcessId})", refused.Message);
        Assert.Contains("--data-root", refused.Message);
    }

    [Fact]
    public void A_lock_that_was_given_back_can_be_taken()
    {
        RootLock.Take(directory, "data-root").Dispose();
        RootLock.Take(directory, "data-root").Dispose();
    }

    [Fact]
    public void A_pid_file_that_a_crash_left_is_replaced()
    {
        string path = Path.Combine(directory, "run", "skep.pid");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "1\n");
        using (PidFile.Write(path))
        {
            Assert.Equal($"{Environment.ProcessId}\n", File.ReadAllText(path));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void The_service_manager_hears_of_the_start_and_the_end()
    {
        string path = Path.Combine(directory, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        manager.ReceiveTimeout = 5000;
        var notice = new ServiceNotice(path, Log.None);

        notice.Ready();
        notice.Stopping();

        byte[] buffer = new byte[64];
        Assert.Equal("READY=1", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
        Assert.Equal("STOPPING=1", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
    }
}
