using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace Skep.Agent.Network.MeshRouting;

/// <summary>Addresses, marks and names of the routing mesh: all of them follow from a node's index.</summary>
internal static class MeshNumbers
{
    /// <summary>Marks of connections, and the tables that lead their answers back: this, and a node's index.</summary>
    public const uint MarkBase = 0x5e000000;

    public const uint MarkBaseMask = 0xffff0000;

    /// <summary>Of the rules that lead answers back: before the main table.</summary>
    public const uint RulePriority = 10000;

    /// <summary>In a task's namespace: the table by which answers leave the way the calls came.</summary>
    public const uint AnswerTable = 100;

    /// <summary>In a task's namespace: of the rules for that table.</summary>
    public const uint AnswerPriority = 100;

    /// <summary>The same for answers to which no other route leads: behind the main table, which has 32766.</summary>
    public const uint LastAnswerPriority = 32800;

    /// <summary>Indexes are below this: addresses and marks have sixteen bits for them.</summary>
    public const uint IndexLimit = 65536;

    /// <summary>Bytes that VXLAN puts around a packet: Ethernet, VXLAN and UDP headers and IPv4's or IPv6's.</summary>
    public const int OverheadIPv4 = 50, OverheadIPv6 = 70;

    public const int DefaultMtu = 1450;

    /// <summary>Every host's end of a task's link has it, so that tasks need not ask who their gateway is.</summary>
    public static readonly PhysicalAddress GatewayMac = new([0x02, 0x5e, 0xff, 0, 0, 1]);

    public static uint MarkOf(uint index) => MarkBase | index;

    public static PhysicalAddress MacOf(uint index)
    {
        var bytes = new byte[6];
        bytes[0] = 0x02;
        bytes[1] = 0x5e;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), index);
        return new PhysicalAddress(bytes);
    }

    /// <summary>100.64.0.0/16 and the index: shared address space (RFC 6598), which hosts seldom have.</summary>
    public static IPAddress IPv4Of(uint index) => new([100, 64, (byte)(index >> 8), (byte)index]);

    /// <summary>A unique local prefix (RFC 4193) and the index.</summary>
    public static IPAddress IPv6Of(uint index)
    {
        byte[] bytes = [0xfd, 0x5e, 0x6d, 0x65, 0x73, 0x68, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), index);
        return new IPAddress(bytes);
    }
}

/// <summary>How this instance names what the mesh makes: 15 characters are all that Linux allows a link.</summary>
/// <param name="InstanceId">Six hexadecimal digits.</param>
internal sealed record MeshNames(string InstanceId)
{
    /// <summary>The way to the other nodes.</summary>
    public string Tunnel => "skm" + InstanceId;

    /// <summary>Host's ends of tasks' links to the mesh.</summary>
    public string TaskPrefix => "ski" + InstanceId;

    /// <summary>Bridges of this instance, whose containers are this node's own callers.</summary>
    public string BridgePrefix => "skb" + InstanceId;

    /// <summary>Encrypted ways to other nodes.</summary>
    public string EncryptedPrefix => "skw" + InstanceId;

    public string Table => "skep-mesh-" + InstanceId;

    /// <summary>Where users put rules of their own.</summary>
    public string UserTable => "skep-user-" + InstanceId;

    /// <summary>
    /// Made of the address, so that after a restart the kernel's links tell whose they are. The last three bytes tell
    /// all endpoints of one network apart, unless it is larger than a /8.
    /// </summary>
    public string OuterOf(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return TaskPrefix + Convert.ToHexStringLower(bytes.AsSpan(bytes.Length - 3));
    }
}
