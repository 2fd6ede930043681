using Google.Protobuf;
using Skep.Raft;
using Pb = Skep.Transport.Contracts.Raftpb;

namespace Skep.Manager.Consensus;

/// <summary>The data of an entry that changes the configuration, as etcd writes it.</summary>
public static class ConfChangeWire
{
    public static byte[] Write(ConfChange change)
    {
        var wire = new Pb.ConfChange
        {
            Id = change.Id,
            Type = (Pb.ConfChangeType)change.Kind,
            NodeId = change.Member,
        };
        if (!change.Context.IsEmpty)
        {
            wire.Context = UnsafeByteOperations.UnsafeWrap(change.Context);
        }
        return wire.ToByteArray();
    }

    /// <exception cref="InvalidDataException">These bytes are no change of one member.</exception>
    public static ConfChange Read(ReadOnlyMemory<byte> data)
    {
        Pb.ConfChange wire;
        try
        {
            wire = Pb.ConfChange.Parser.ParseFrom(data.Span);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new InvalidDataException("the log has a change of members that cannot be read", broken);
        }
        if (!Enum.IsDefined((ConfChangeKind)wire.Type))
        {
            throw new InvalidDataException($"the log has a change of members of the unknown kind {(int)wire.Type}");
        }
        return new(wire.Id, (ConfChangeKind)wire.Type, wire.NodeId, wire.Context.Memory);
    }
}
