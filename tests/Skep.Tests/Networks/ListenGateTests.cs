using System.Net;
using System.Net.Sockets;
using Skep.Agent.Networks;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Tests.Rpc;

namespace Skep.Tests.Networks;

public class ListenGateTests
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private readonly ManualTime time = new();

    [Fact]
    public async Task A_task_waits_until_something_listens_on_its_published_port()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        Task waiting = Gate().WaitAsync(Publishing(On(PortOf(listener))), CancellationToken.None);
        Assert.Equal(1, time.TimerCount);
        listener.Listen();
        time.Advance(NetworkSessionLimits.ListenLook);
        await waiting.WaitAsync(patience);
        Assert.Equal(0, time.TimerCount);
    }

    [Fact]
    public async Task It_does_not_wait_for_ever()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Any, 0));
        Task waiting = Gate().WaitAsync(Publishing(On(PortOf(silent))), CancellationToken.None);
        time.Advance(NetworkSessionLimits.Listen);
        await waiting.WaitAsync(patience);
    }

    [Fact]
    public void Nobody_waits_for_a_task_that_has_ended_or_publishes_nothing()
    {
        var ended = new ListenGate(static _ => null, time, Log.None);
        Assert.True(ended.WaitAsync(Publishing(On(80)), CancellationToken.None).IsCompletedSuccessfully);
        Assert.True(Gate().WaitAsync(Publishing(), CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public void Ports_of_one_node_and_datagrams_are_not_waited_for()
    {
        Assert.Equal([80], ListenGate.PublishedPorts(Publishing(
            new PortConfig { TargetPort = 80 },
            new PortConfig { TargetPort = 53, Protocol = PortProtocol.Udp },
            new PortConfig { TargetPort = 90, PublishMode = PublishMode.Host })));
    }

    [Fact]
    public void What_listens_to_the_container_alone_does_not_count()
    {
        string[] lines =
        [
            "   0: 00000000:0050 00000000:0000 0A 0",
            "   1: 0100007F:0051 00000000:0000 0A 0",
            "   2: 00000000000000000000000001000000:0052 00000000000000000000000000000000:0000 0A 0",
            "   3: 00000000000000000000000000000000:0053 00000000000000000000000000000000:0000 0A 0",
            "   4: 0B00000A:0054 6400630A:C001 01 0",
        ];
        Assert.Equal([80, 83], ListenGate.ListeningPorts(TcpTable.Parse(lines)));
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static PortConfig On(int port) => new() { TargetPort = (uint)port };

    private static SwarmTask Publishing(params PortConfig[] ports) => new()
    {
        Id = new TaskId("task"),
        Endpoint = new Endpoint { Ports = [.. ports] },
    };

    private ListenGate Gate() => new(static _ => Environment.ProcessId, time, Log.None);
}
