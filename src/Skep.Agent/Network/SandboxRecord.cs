using System.Net;
using System.Net.NetworkInformation;
using Skep.Docker.Engine;
using Skep.Agent.Network.Ports;

namespace Skep.Agent.Network;

/// <summary>A live sandbox as it is written below the exec root, to be adopted by the next daemon.</summary>
public sealed record SandboxRecord
{
    public required string SandboxId { get; init; }

    /// <summary>What was asked; a rename changes the name in it.</summary>
    public required SandboxRequest Request { get; init; }

    /// <summary>In the order in which the interfaces were made.</summary>
    public IReadOnlyList<EndpointRecord> Endpoints { get; init; } = [];

    /// <summary>Ports that lead here now.</summary>
    public IReadOnlyList<PublishedPort> Ports { get; init; } = [];

    /// <summary>The resolver at 127.0.0.11 serves this sandbox.</summary>
    public bool HasResolver { get; init; }
}

/// <summary>A container's place on one network.</summary>
public sealed record EndpointRecord
{
    public required string EndpointId { get; init; }
    public required string NetworkId { get; init; }

    /// <summary>What was asked.</summary>
    public required EndpointSettings Settings { get; init; }

    /// <summary>The container's way out, which its user did not ask for and is not shown.</summary>
    public bool IsHidden { get; init; }

    /// <summary>The other end of the pair; empty on the host network and on none.</summary>
    public string OuterLink { get; init; } = "";

    /// <summary>eth0 and so on.</summary>
    public string InnerLink { get; init; } = "";

    public IPAddress? IPv4 { get; init; }
    public IPAddress? IPv6 { get; init; }
    public PhysicalAddress Mac { get; init; } = PhysicalAddress.None;

    public IEnumerable<IPAddress> Addresses()
    {
        if (IPv4 is not null)
        {
            yield return IPv4;
        }

        if (IPv6 is not null)
        {
            yield return IPv6;
        }
    }
}
