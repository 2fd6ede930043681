using System.Net;
using System.Net.Sockets;
using Skep.Linux.Nftables;
using Skep.Swarm;
using Skep.Swarm.Networking;

namespace Skep.Agent.Network.Balancing;

/// <summary>What is called by many and answered by any of some: an address of a service, or a published port.</summary>
/// <param name="Network">The network whose containers know the address; empty: a port, which all may call.</param>
/// <param name="Address">Null: a port of any address of this host.</param>
/// <param name="Protocol">0: an address, with all its ports.</param>
internal readonly record struct BalanceKey(
    NetworkId Network, AddressFamily Family, IPAddress? Address, byte Protocol, int Port)
{
    public static BalanceKey OfAddress(NetworkId network, IPAddress address) =>
        new(network, address.AddressFamily, address, 0, 0);

    public static BalanceKey OfPort(AddressFamily family, byte protocol, int port) =>
        new(default, family, null, protocol, port);

    public NftValue ToNft() =>
        Address is { } address ? new NftValue().Address(address) : new NftValue().Protocol(Protocol).Port(Port);
}

/// <summary>Where a call may go.</summary>
/// <param name="Port">0: the port that was called.</param>
/// <param name="Weight">Its share of the calls, beside the key's other targets: see <see cref="TaskWeight"/>.</param>
internal readonly record struct BalanceTarget(IPAddress Address, int Port, int Weight)
{
    public NftValue ToNft() => Port == 0 ? new NftValue().Address(Address) : new NftValue().Address(Address).Port(Port);
}
