using System.Net;
using Skep.Agent;
using Skep.Agent.Network;
using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.Encryption;
using Skep.Agent.Network.Kernel;
using Skep.Agent.Network.Overlay;
using Skep.Docker.Engine;
using Skep.Linux.Netlink;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Tests.Linux.Namespaces;
using Subnet = Skep.Agent.Network.Addresses.Subnet;

namespace Skep.Tests.Network.Overlay;

/// <summary>A node of a small swarm: a namespace for the machine, and containers that are namespaces too.</summary>
internal sealed class OverlayNode : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("skep-ov-").FullName;
    private readonly List<(string Path, SandboxSpace Space)> containers = [];
    private readonly int number;

    public OverlayNode(int number)
    {
        this.number = number;
        Directory.CreateDirectory(Path.Combine(root, "netns"));
        Machine.Run("ip", "link", "set", "lo", "up");
        Links = NewLinks();
    }

    public TestNamespace Machine { get; } = new();

    public OverlayLinks Links { get; private set; }

    public NodeId Id => new($"node{number}");

    public string Address => $"10.77.0.{number}";

    public string SpacePath(NetworkRecord network) => Path.Combine(root, "netns", "ov-" + network.Id[..10]);

    public static NetworkRecord Network(string letter, uint vni, string range, string gateway) => new()
    {
        Id = string.Concat(Enumerable.Repeat(letter, 25)),
        Name = "net-" + letter,
        Created = DateTimeOffset.UnixEpoch,
        Driver = NetworkRecord.Overlay,
        Vni = vni,
        Subnets =
        [
            new SubnetRecord
            {
                Range = Subnet.Parse(range), Gateway = IPAddress.Parse(gateway), IsChosenByUser = true,
            },
        ],
    };

    /// <summary>Lays a wire between two nodes.</summary>
    public static void Join(OverlayNode one, OverlayNode other, int mtu)
    {
        one.Machine.Run(
            "ip", "link", "add", "eth0", "mtu", $"{mtu}", "type", "veth",
            "peer", "name", "eth0", "mtu", $"{mtu}", "netns", other.Machine.Path);
        foreach (OverlayNode node in new[] { one, other })
        {
            node.Machine.Run("ip", "addr", "add", node.Address + "/24", "dev", "eth0");
            node.Machine.Run("ip", "link", "set", "eth0", "up");
        }
    }

    /// <summary>A container on a network.</summary>
    /// <returns>The path of its namespace.</returns>
    public string Attach(NetworkRecord network, string address)
    {
        string path = Path.Combine(root, "netns", "c" + address);
        SandboxSpace space = SandboxSpace.Create(path, hasIPv6: false, hasResolver: false);
        containers.Add((path, space));
        IPAddress own = IPAddress.Parse(address);
        EndpointRecord endpoint = EndpointAt(network, own);
        Links.Attach(network, endpoint, space);
        int link = space.FindLink("eth0");
        space.Apply(new RouteBatch().AddAddress(link, own, network.IPv4!.Range.PrefixBits).SetUp(link));
        return path;
    }

    public static EndpointRecord EndpointAt(NetworkRecord network, IPAddress address) => new()
    {
        EndpointId = MacAddresses.Of(address).ToString(),
        NetworkId = network.Id,
        Settings = new EndpointSettings(),
        OuterLink = "skv" + MacAddresses.Of(address),
        InnerLink = "eth0",
        IPv4 = address,
        Mac = MacAddresses.Of(address),
    };

    /// <summary>What this node hears of the whole swarm.</summary>
    public NetworkState State(
        IReadOnlyList<OverlayNode> nodes,
        params (NetworkRecord Network, OverlayNode Node, string Address)[] endpoints) => NetworkState.Empty with
        {
            Self = Id,
            DataPathPort = 4799,
            Networks = NetworkState.Empty.Networks.AddRange(endpoints
                .Select(e => new NetworkId(e.Network.Id)).Distinct()
                .Select(id => KeyValuePair.Create(id, new NetworkFacts { Id = id }))),
            Peers = NetworkState.Empty.Peers.AddRange(nodes.Select(n => KeyValuePair.Create(
                n.Id, new PeerFacts { Node = n.Id, Index = (uint)n.number, DataPathAddress = n.Address }))),
            Endpoints = NetworkState.Empty.Endpoints.AddRange(endpoints.Select(e =>
            {
                var network = new NetworkId(e.Network.Id);
                var task = new TaskId(e.Address);
                return KeyValuePair.Create((network, task), new EndpointFacts
                {
                    Task = task, Network = network, Node = e.Node.Id, Addresses = [e.Address], IsServing = true,
                });
            })),
        };

    /// <summary>As after a crash of the daemon.</summary>
    public void Restart(params NetworkRecord[] inUse)
    {
        Links.Dispose();
        Links = NewLinks();
        Links.Adopt(inUse);
    }

    public void Dispose()
    {
        foreach ((string path, SandboxSpace space) in containers)
        {
            space.Dispose();
            Skep.Linux.Namespaces.NetworkNamespace.Remove(path);
        }

        Links.Dispose();
        NewLinks().Adopt([]);
        Machine.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private OverlayLinks NewLinks()
    {
        var instance = new Instance(root, root);
        return new OverlayLinks(
            instance,
            new EncryptedWay(instance, TimeProvider.System, Log.None),
            TimeProvider.System,
            Log.None,
            () => Machine.Enter(() => new RouteSocket()));
    }
}
