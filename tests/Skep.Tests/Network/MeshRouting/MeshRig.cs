using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Skep.Agent;
using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.MeshRouting;
using Skep.Linux.Namespaces;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Tests.Linux.Namespaces;

namespace Skep.Tests.Network.MeshRouting;

/// <summary>Hosts and a client on one wire, 10.99.0.0/24, each a namespace; tasks of one service on them.</summary>
public sealed class MeshRig : IDisposable
{
    public const string Client = "10.99.0.100";
    public static readonly NetworkId Ingress = new("ingress");
    public static readonly ServiceId Web = new("web");

    private readonly TestNamespace wire = new();
    private readonly List<EchoTask> tasks = [];

    public MeshRig(int hostCount)
    {
        wire.Run("ip", "link", "add", "sw", "type", "bridge");
        wire.Run("ip", "link", "set", "sw", "up");
        Connect(ClientSpace, "p-client", Client);
        for (int i = 1; i <= hostCount; i++)
        {
            var host = new MeshHost(i);
            Hosts.Add(host);
            Connect(host.Space, $"p-{i}", AddressOf(i));
            State = State with
            {
                Peers = State.Peers.Add(host.Node, new PeerFacts
                {
                    Node = host.Node, Index = (uint)i, DataPathAddress = AddressOf(i),
                }),
            };
        }
    }

    public TestNamespace ClientSpace { get; } = new();

    public List<MeshHost> Hosts { get; } = [];

    /// <summary>As every node is told it, but for who it is.</summary>
    public NetworkState State { get; set; } = NetworkState.Empty with
    {
        Networks = ImmutableDictionary<NetworkId, NetworkFacts>.Empty.Add(Ingress, new NetworkFacts
        {
            Id = Ingress, Name = "ingress", Vni = 4097, IsIngress = true,
            Subnets = [new SubnetFacts("10.0.0.0/24", "10.0.0.1")],
        }),
    };

    public static string AddressOf(int host) => $"10.99.0.{host}";

    public EchoTask AddTask(int host, int number, bool hasOtherDefaultRoute = true)
    {
        string name = $"t{number}", address = $"10.0.0.{number}";
        var task = new EchoTask(name);
        tasks.Add(task);
        var place = new MeshPlace(
            "eth0",
            MacAddresses.Of(IPAddress.Parse(address)),
            [new MeshAddress(IPAddress.Parse(address), 24, IPAddress.Parse("10.0.0.1"))]);
        MeshHost on = Hosts[host - 1];
        on.Attach(task.Space, place);
        if (hasOtherDefaultRoute)
        {
            on.GiveWayOut(task.Space, number);
        }
        else
        {
            task.Space.Run("ip", "route", "add", "default", "via", "10.0.0.1");
        }

        on.Space.Enter(() =>
        {
            MeshLinks.LeadDatagrams(task.Space.Path, place);
            return 0;
        });
        SetTask(host, number, isServing: true);
        return task;
    }

    public void SetTask(int host, int number, bool isServing, int weight = TaskWeight.Full)
    {
        var id = new TaskId($"t{number}");
        State = State with
        {
            Endpoints = State.Endpoints.SetItem((Ingress, id), new EndpointFacts
            {
                Task = id, Network = Ingress, Node = Hosts[host - 1].Node, Service = Web, Name = $"web.{number}",
                Addresses = [$"10.0.0.{number}"], IsServing = isServing, Weight = weight,
            }),
        };
    }

    public void Publish(
        PortProtocol protocol, uint published, uint target, bool hides = false, bool prefersLocal = false)
    {
        State = State with
        {
            Ports = State.Ports.SetItem((protocol, published), new PublishedPortFacts
            {
                Service = Web, Protocol = protocol, PublishedPort = published, TargetPort = target,
                HidesCallers = hides, PrefersLocal = prefersLocal,
            }),
        };
    }

    public void ApplyToAll()
    {
        foreach (MeshHost host in Hosts)
        {
            host.Apply(State);
        }
    }

    /// <summary>What one hears who calls some times, in the order of the alphabet.</summary>
    public static string[] Call(TestNamespace from, string address, int port, int times)
    {
        (_, string output) = TestNamespace.TryRunIn(
            from.Path, "busybox", "sh", "-c",
            $"for i in $(busybox seq {times}); do "
            + $"busybox nc -w 10 {address} {port} </dev/null 2>/dev/null || echo none; done");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether nobody answers a call within a second.</summary>
    public static bool IsSilent(TestNamespace from, string address, int port) => TestNamespace.TryRunIn(
        from.Path, "busybox", "timeout", "1", "busybox", "nc", address, $"{port}").Output.Length == 0;

    /// <summary>What one hears who sends one datagram from each of some sockets; "none" for silence.</summary>
    public static string[] Send(TestNamespace from, string address, int port, int times) =>
    [
        .. Enumerable.Range(0, times).Select(_ =>
        {
            using Socket socket = Open(from);
            return Ask(socket, address, port);
        }).Order(StringComparer.Ordinal),
    ];

    public static Socket Open(TestNamespace from)
    {
        BoundDescriptor bound = from.Enter(() => InsideNamespace.OpenUdp(IPAddress.Any, 0));
        return new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true)) { Blocking = true };
    }

    public static string Ask(Socket socket, string address, int port)
    {
        var buffer = new byte[100];
        socket.SendTo("?"u8, new IPEndPoint(IPAddress.Parse(address), port));
        if (!socket.Poll(TimeSpan.FromSeconds(15), SelectMode.SelectRead))
        {
            return "none";
        }

        EndPoint answering = new IPEndPoint(IPAddress.Any, 0);
        int count = socket.ReceiveFrom(buffer, ref answering);
        return $"{Encoding.ASCII.GetString(buffer, 0, count)} by {answering}";
    }

    public void Dispose()
    {
        tasks.ForEach(task => task.Dispose());
        Hosts.ForEach(host => host.Dispose());
        ClientSpace.Dispose();
        wire.Dispose();
    }

    private void Connect(TestNamespace host, string port, string address)
    {
        wire.Run("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host.Path);
        wire.Run("ip", "link", "set", port, "master", "sw", "up");
        host.Run("ip", "link", "set", "lo", "up");
        host.Run("ip", "addr", "add", address + "/24", "dev", "eth0");
        host.Run("ip", "link", "set", "eth0", "up");
    }
}

/// <summary>One node of the rig.</summary>
public sealed class MeshHost : IDisposable
{
    private readonly Instance instance;
    private readonly MeshNames names;
    private int lastTask;

    public MeshHost(int index)
    {
        // Relays would be managed sockets that are opened inside of a namespace.
        Space.Enter(() => InsideNamespace.SetSysctl("net/ipv6/conf/all/disable_ipv6", "1"));
        Node = new NodeId($"node{index}");
        instance = new Instance($"/nowhere/mesh-rig-{index}", "/nowhere");
        names = new MeshNames(instance.Id);
        Mesh = new Mesh(instance, TimeProvider.System, Log.None);
    }

    public TestNamespace Space { get; } = new();

    public NodeId Node { get; }

    public Mesh Mesh { get; private set; }

    public string Tunnel => names.Tunnel;

    public string Table => names.Table;

    public string UserTable => names.UserTable;

    public void Apply(NetworkState state) => Space.Enter(() =>
    {
        Mesh.ApplyAsync(NetworkStep.To(state with { Self = Node }), default).GetAwaiter().GetResult();
        return 0;
    });

    public int Repair() => Space.Enter(() => Mesh.RepairAsync(default).GetAwaiter().GetResult());

    /// <summary>As after a crash of the daemon.</summary>
    public void Restart()
    {
        Mesh.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Mesh = new Mesh(instance, TimeProvider.System, Log.None);
    }

    internal void Attach(TestNamespace task, MeshPlace place) => Space.Enter(() =>
    {
        Mesh.Attach(task.Path, place);
        return 0;
    });

    /// <summary>A link with a default route, as the gateway bridge gives a task one.</summary>
    public void GiveWayOut(TestNamespace task, int number)
    {
        if (lastTask == 0)
        {
            Space.Run("nft", "add table ip rig");
            Space.Run("nft", "add chain ip rig out { type nat hook postrouting priority srcnat; }");
            Space.Run("nft", "add rule ip rig out ip saddr 172.18.0.0/16 oifname eth0 masquerade");
        }

        string outer = $"{names.BridgePrefix}{++lastTask}", network = $"172.18.{number}.";
        Space.Run("ip", "link", "add", outer, "type", "veth", "peer", "name", "eth1", "netns", task.Path);
        Space.Run("ip", "addr", "add", network + "1/24", "dev", outer);
        Space.Run("ip", "link", "set", outer, "up");
        task.Run("ip", "addr", "add", network + "2/24", "dev", "eth1");
        task.Run("ip", "link", "set", "eth1", "up");
        task.Run("ip", "route", "add", "default", "via", network + "1");
    }

    public void Dispose()
    {
        Mesh.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Space.Dispose();
    }
}
