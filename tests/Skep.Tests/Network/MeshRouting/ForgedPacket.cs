using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Skep.Agent.Network.MeshRouting;

namespace Skep.Tests.Network.MeshRouting;

/// <summary>A datagram for a task inside of a VXLAN packet, as only nodes should be able to send it.</summary>
internal static class ForgedPacket
{
    private const int VxlanBytes = 8, EthernetBytes = 14, IPv4Bytes = 20, UdpBytes = 8, PayloadBytes = 1;

    /// <param name="from">Index of the node that it claims to come from.</param>
    /// <param name="to">Index of the node that it goes to.</param>
    public static byte[] Make(uint vni, uint from, uint to, IPAddress task, ushort port)
    {
        var packet = new byte[VxlanBytes + EthernetBytes + IPv4Bytes + UdpBytes + PayloadBytes];
        const byte hasIdentifier = 8;
        packet[0] = hasIdentifier;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), vni << 8);
        Span<byte> ethernet = packet.AsSpan(VxlanBytes);
        MeshNumbers.MacOf(to).GetAddressBytes().CopyTo(ethernet);
        MeshNumbers.MacOf(from).GetAddressBytes().CopyTo(ethernet[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(ethernet[12..], 0x0800);
        Span<byte> ip = ethernet[EthernetBytes..];
        const byte version4Of5Words = 0x45, timeToLive = 64;
        ip[0] = version4Of5Words;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], IPv4Bytes + UdpBytes + PayloadBytes);
        ip[8] = timeToLive;
        ip[9] = (byte)ProtocolType.Udp;
        MeshNumbers.IPv4Of(from).TryWriteBytes(ip[12..], out _);
        task.TryWriteBytes(ip[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], ChecksumOf(ip[..IPv4Bytes]));

        // A sum of zero means none (RFC 768).
        Span<byte> udp = ip[IPv4Bytes..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, 1234);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], UdpBytes + PayloadBytes);
        return packet;
    }

    /// <summary>RFC 1071.</summary>
    private static ushort ChecksumOf(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        }

        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }
}
