using Google.Protobuf;
using Skep.Swarm;
using Skep.Transport.Contracts;

namespace Skep.Manager.Consensus;

/// <summary>A member as SwarmKit writes it: in configuration changes, snapshots and answers to a join.</summary>
public static class MemberWire
{
    /// <exception cref="InvalidDataException">These bytes are no member.</exception>
    public static Member Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return ToRecord(RaftMember.Parser.ParseFrom(bytes.Span));
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new InvalidDataException("the log describes a member that cannot be read", broken);
        }
    }

    public static byte[] Write(Member member) => ToWire(member).ToByteArray();

    public static Member ToRecord(RaftMember wire) => new(wire.RaftId, new NodeId(wire.NodeId), wire.Addr);

    // The status is SwarmKit's non-nullable field: it writes an empty one, and so do we.
    public static RaftMember ToWire(Member member) => new()
    {
        RaftId = member.RaftId,
        NodeId = member.Node.Value,
        Addr = member.Address,
        Status = new RaftMemberStatus(),
    };
}
