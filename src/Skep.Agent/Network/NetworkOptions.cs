using System.Net;

namespace Skep.Agent.Network;

/// <summary>
/// What the daemon's user chose for networks. Validated by <see cref="NetworkEngine"/> when it starts.
/// </summary>
public sealed record NetworkOptions
{
    /// <summary>Link of the default network; null: a name with the instance's id. Docker's --bridge.</summary>
    public string? DefaultBridgeName { get; init; }

    /// <summary>
    /// The default bridge's own address with its prefix, "172.17.0.1/16"; null: the first free pool. --bip.
    /// </summary>
    public string? DefaultBridgeAddress { get; init; }

    /// <summary>Bytes of a frame's payload on new bridges. --mtu.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>
    /// Where networks without a subnet of their own get it. --default-address-pool. Empty: Docker's pools.
    /// </summary>
    public IReadOnlyList<AddressPoolOption> AddressPools { get; init; } = [];

    /// <summary>Resolvers of containers that name none. --dns. Empty: the host's.</summary>
    public IReadOnlyList<string> DnsServers { get; init; } = [];

    /// <summary>--dns-search.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>--dns-opt.</summary>
    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>Host address of published ports that name none. --ip.</summary>
    public IPAddress DefaultPublishAddress { get; init; } = IPAddress.Any;

    /// <summary>
    /// Serve published ports on the host's IPv6 addresses for containers without IPv6. --userland-proxy.
    /// </summary>
    public bool UserlandProxy { get; init; } = true;

    /// <summary>The host's resolver configuration.</summary>
    public string ResolvConfPath { get; init; } = "/etc/resolv.conf";
}

/// <summary>A range that is cut into subnets of one size: "base=10.10.0.0/16,size=24".</summary>
public sealed record AddressPoolOption(string Base, int Size);
