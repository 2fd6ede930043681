using System.Net;
using System.Net.Sockets;

namespace Skep.Agent.Network.Ports;

/// <summary>Transport protocols by their number in the IP header.</summary>
public enum PortProtocol : byte
{
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}

/// <summary>A port of the host that leads into a container.</summary>
/// <param name="HostAddress">0.0.0.0 or ::, every address of the host.</param>
public sealed record PublishedPort(PortProtocol Protocol, IPAddress HostAddress, int HostPort, int ContainerPort)
{
    public bool IsIPv4 => HostAddress.AddressFamily == AddressFamily.InterNetwork;

    public bool IsAnyAddress => HostAddress.Equals(IPAddress.Any) || HostAddress.Equals(IPAddress.IPv6Any);

    /// <summary>"80/tcp".</summary>
    public string ContainerKey => $"{ContainerPort}/{ProtocolName}";

    public string ProtocolName => Protocol switch
    {
        PortProtocol.Tcp => "tcp",
        PortProtocol.Udp => "udp",
        _ => "sctp",
    };

    /// <summary>"0.0.0.0:80" or "[::]:80".</summary>
    public string HostText => new IPEndPoint(HostAddress, HostPort).ToString();
}
