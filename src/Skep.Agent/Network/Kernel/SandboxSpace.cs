using System.Net;
using Microsoft.Win32.SafeHandles;
using Skep.Linux.Namespaces;
using Skep.Linux.Netlink;
using Skep.Linux.Nftables;

namespace Skep.Agent.Network.Kernel;

/// <summary>A container's network namespace from the outside: sockets that were opened inside it.</summary>
/// <remarks>Everything that must happen inside happens in one visit of one thread; see <see
/// cref="NetworkNamespace"/>.</remarks>
internal sealed class SandboxSpace : IDisposable
{
    private const int Loopback = 1;
    private const string ResolverTable = "skep-resolver";
    private const int ResolverBacklog = 64;
    private static readonly IPAddress ResolverAddress = IPAddress.Parse("127.0.0.11");

    private readonly RouteSocket route;

    private SandboxSpace(SafeFileHandle file, RouteSocket route, (BoundDescriptor, BoundDescriptor)? resolver)
    {
        File = file;
        this.route = route;
        Resolver = resolver;
    }

    /// <summary>The namespace itself, for moving links into it.</summary>
    public SafeFileHandle File { get; }

    /// <summary>The resolver's sockets, UDP and TCP, if it was asked for. Whoever takes them closes them.</summary>
    public (BoundDescriptor Udp, BoundDescriptor Tcp)? Resolver { get; }

    /// <summary>Makes a namespace with loopback up and the settings that Docker gives it.</summary>
    public static SandboxSpace Create(string path, bool hasIPv6, bool hasResolver)
    {
        (RouteSocket route, (BoundDescriptor, BoundDescriptor)? resolver) = NetworkNamespace.Create(path, () =>
        {
            SetUp(hasIPv6);
            var inside = new RouteSocket();
            inside.Apply(new RouteBatch().SetUp(Loopback));
            return (inside, hasResolver ? OpenResolver() : ((BoundDescriptor, BoundDescriptor)?)null);
        });
        return new SandboxSpace(NetworkNamespace.Open(path), route, resolver);
    }

    /// <summary>Opens the namespace of a running container.</summary>
    public static SandboxSpace Enter(string path, bool hasResolver)
    {
        (RouteSocket route, (BoundDescriptor, BoundDescriptor)? resolver) = NetworkNamespace.Enter(path, () =>
            (new RouteSocket(), hasResolver ? OpenResolver() : ((BoundDescriptor, BoundDescriptor)?)null));
        return new SandboxSpace(NetworkNamespace.Open(path), route, resolver);
    }

    public int FindLink(string name) => route.FindLink(name);

    public void Apply(RouteBatch batch) => route.Apply(batch);

    /// <summary>Lets links to come have IPv6 in a namespace that was made without.</summary>
    public static void EnableIPv6ForNewLinks(string path) => NetworkNamespace.Enter(path, () =>
        InsideNamespace.SetSysctl("net/ipv6/conf/default/disable_ipv6", "0"));

    /// <summary>Closes the resolver's sockets that nobody took.</summary>
    public void CloseResolver()
    {
        if (Resolver is { } resolver)
        {
            new SafeFileHandle(resolver.Udp.Descriptor, ownsHandle: true).Dispose();
            new SafeFileHandle(resolver.Tcp.Descriptor, ownsHandle: true).Dispose();
        }
    }

    public void Dispose()
    {
        route.Dispose();
        File.Dispose();
    }

    private static void SetUp(bool hasIPv6)
    {
        InsideNamespace.SetSysctl("net/ipv4/ip_unprivileged_port_start", "0");
        InsideNamespace.SetSysctl("net/ipv4/ping_group_range", "0 2147483647");
        if (hasIPv6)
        {
            InsideNamespace.SetSysctl("net/ipv6/conf/default/accept_ra", "0");
            InsideNamespace.SetSysctl("net/ipv6/conf/default/accept_dad", "0");
        }
        else
        {
            // Once for all links to come: the same setting on a link that exists waits for the machine's one RTNL lock.
            InsideNamespace.SetSysctl("net/ipv6/conf/default/disable_ipv6", "1");
        }
    }

    /// <summary>
    /// The resolver listens on ports of chance, and port 53 of its address is translated to them: so a container can
    /// have a name server of its own on port 53.
    /// </summary>
    private static (BoundDescriptor, BoundDescriptor) OpenResolver()
    {
        const string output = "output";
        BoundDescriptor udp = InsideNamespace.OpenUdp(ResolverAddress, 0);
        BoundDescriptor tcp = InsideNamespace.OpenTcpListener(ResolverAddress, 0, ResolverBacklog);
        using var nft = new NftSocket();
        nft.Apply(new NftBatch(NftFamily.IPv4, ResolverTable)
            .ReplaceTable()
            .AddChain(output, new NftHook(NftChainKind.Nat, NftHookPoint.Output, NftHook.DestinationNat))
            .AddRule(output, r => r.IsTo(ResolverAddress, 32).IsToPort(17, 53).TranslateTo(ResolverAddress, udp.Port))
            .AddRule(output, r => r.IsTo(ResolverAddress, 32).IsToPort(6, 53).TranslateTo(ResolverAddress, tcp.Port)));
        return (udp, tcp);
    }
}
