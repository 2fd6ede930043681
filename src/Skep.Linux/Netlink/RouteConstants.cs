namespace Skep.Linux.Netlink;

/// <summary>Message types and families (linux/rtnetlink.h).</summary>
internal static class Rtm
{
    public const ushort NewLink = 16;
    public const ushort DeleteLink = 17;
    public const ushort GetLink = 18;
    public const ushort SetLink = 19;
    public const ushort NewAddress = 20;
    public const ushort DeleteAddress = 21;
    public const ushort GetAddress = 22;
    public const ushort NewRoute = 24;
    public const ushort DeleteRoute = 25;
    public const ushort GetRoute = 26;
    public const ushort NewNeighbour = 28;
    public const ushort DeleteNeighbour = 29;
    public const ushort GetNeighbour = 30;
    public const ushort NewRule = 32;
    public const ushort DeleteRule = 33;
    public const ushort GetRule = 34;
    public const byte FamilyIPv4 = 2;
    public const byte FamilyIPv6 = 10;

    /// <summary>Forwarding entries of bridges and tunnels are neighbours of this family.</summary>
    public const byte FamilyBridge = 7;
}

/// <summary>Attributes of a link (linux/if_link.h).</summary>
internal static class Ifla
{
    public const ushort Address = 1;
    public const ushort Name = 3;
    public const ushort Mtu = 4;
    public const ushort Master = 10;
    public const ushort ProtocolInfo = 12;
    public const ushort Info = 18;
    public const ushort Group = 27;
    public const ushort NamespaceDescriptor = 28;
    public const ushort InfoKind = 1;
    public const ushort InfoData = 2;
    public const ushort VethPeer = 1;
    public const ushort BridgeMulticastSnooping = 23;
    public const ushort BridgePortHairpin = 4;
    public const ushort BridgePortLearning = 8;
    public const ushort BridgePortIsolated = 33;
}

/// <summary>Attributes of an address (linux/if_addr.h).</summary>
internal static class Ifa
{
    public const ushort Address = 1;
    public const ushort Local = 2;
    public const ushort Broadcast = 4;
    public const ushort Flags = 8;
    public const uint NoDuplicateDetection = 2;
}

/// <summary>Attributes of a route (linux/rtnetlink.h).</summary>
internal static class Rta
{
    public const ushort Destination = 1;
    public const ushort OutLink = 4;
    public const ushort Gateway = 5;
    public const ushort PreferredSource = 7;
    public const ushort Priority = 6;
    public const ushort Table = 15;
}

/// <summary>Attributes of a rule (linux/fib_rules.h).</summary>
internal static class Fra
{
    public const ushort Source = 2;
    public const ushort Priority = 6;
    public const ushort Mark = 10;
    public const ushort Table = 15;
    public const ushort MarkMask = 16;
    public const ushort Protocol = 22;
}

/// <summary>Attributes of a VXLAN device (linux/if_link.h, IFLA_VXLAN_…).</summary>
internal static class Vxlan
{
    public const ushort Id = 1;
    public const ushort Local = 4;
    public const ushort Learning = 7;
    public const ushort Proxy = 11;
    public const ushort Port = 15;
    public const ushort Local6 = 17;
}

/// <summary>Attributes, flags and states of a neighbour (linux/neighbour.h).</summary>
internal static class Nda
{
    public const ushort Destination = 1;
    public const ushort LinkAddress = 2;
    public const byte FlagSelf = 2;
    public const byte FlagMaster = 4;
    public const ushort StateReachable = 2;
    public const ushort StateNoArp = 0x40;
    public const ushort StatePermanent = 0x80;
}
