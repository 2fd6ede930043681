using System.Collections.Immutable;
using Google.Protobuf;
using Skep.Raft;
using Pb = Skep.Transport.Contracts.Raftpb;

namespace Skep.Manager.Consensus;

/// <summary>What consensus tells and keeps, in etcd's messages.</summary>
/// <remarks>
/// Every plain field is set, zero or not, for etcd's own program writes them all: equal messages are equal bytes.
/// Payloads are lent in both directions, never copied; nobody changes one.
/// </remarks>
public static class RaftWire
{
    public static Pb.Message ToWire(Message record)
    {
        var wire = new Pb.Message
        {
            Type = (Pb.MessageType)record.Kind,
            To = record.To,
            From = record.From,
            Term = record.Term,
            LogTerm = record.LogTerm,
            Index = record.Index,
            Commit = record.Commit,
            Reject = record.Reject,
            RejectHint = record.RejectHint,
            Vote = record.Vote,
        };
        foreach (Entry entry in record.Entries)
        {
            wire.Entries.Add(ToWire(entry));
        }
        if (record.Snapshot is { } snapshot)
        {
            wire.Snapshot = ToWire(snapshot);
        }
        if (!record.Context.IsEmpty)
        {
            wire.Context = UnsafeByteOperations.UnsafeWrap(record.Context);
        }
        return wire;
    }

    /// <exception cref="InvalidDataException">No member of ours can have meant this.</exception>
    public static Message ToRecord(Pb.Message wire) => new()
    {
        Kind = (MessageKind)wire.Type,
        To = wire.To,
        From = wire.From,
        Term = wire.Term,
        LogTerm = wire.LogTerm,
        Index = wire.Index,
        Entries = ToRecords(wire.Entries),
        Commit = wire.Commit,
        Vote = wire.Vote,
        Snapshot = ToRecord(wire.Snapshot),
        Reject = wire.Reject,
        RejectHint = wire.RejectHint,
        Context = wire.Context.Memory,
    };

    public static Pb.Entry ToWire(Entry record)
    {
        var wire = new Pb.Entry
        {
            Type = (Pb.EntryType)record.Kind,
            Term = record.Term,
            Index = record.Index,
        };
        if (!record.Data.IsEmpty)
        {
            wire.Data = UnsafeByteOperations.UnsafeWrap(record.Data);
        }
        return wire;
    }

    public static Entry ToRecord(Pb.Entry wire) =>
        new(wire.Term, wire.Index, (EntryKind)wire.Type, wire.Data.Memory);

    public static Pb.Snapshot ToWire(Snapshot record)
    {
        var wire = new Pb.Snapshot
        {
            Metadata = new()
            {
                ConfState = ToWire(record.Meta.Members),
                Index = record.Meta.Index,
                Term = record.Meta.Term,
            },
        };
        if (!record.Data.IsEmpty)
        {
            wire.Data = UnsafeByteOperations.UnsafeWrap(record.Data);
        }
        return wire;
    }

    /// <summary>Null also for the empty snapshot that managers up to Docker 20.10 put into every message.</summary>
    /// <exception cref="InvalidDataException">Its configuration is a joint one.</exception>
    public static Snapshot? ToRecord(Pb.Snapshot? wire)
    {
        if (wire is null || (wire.Data.IsEmpty && wire.Metadata is null or { Index: 0 }))
        {
            return null;
        }
        var meta = wire.Metadata ?? throw new InvalidDataException("a snapshot does not say where it stands");
        return new(new(meta.Index, meta.Term, ToRecord(meta.ConfState)), wire.Data.Memory);
    }

    public static Pb.ConfState ToWire(ConfState record) => new()
    {
        Voters = { record.Voters },
        Learners = { record.Learners },
        AutoLeave = false,
    };

    /// <exception cref="InvalidDataException">It is a joint configuration, or names a member twice.</exception>
    public static ConfState ToRecord(Pb.ConfState? wire)
    {
        if (wire is null)
        {
            return ConfState.Empty;
        }
        if (wire.VotersOutgoing.Count > 0 || wire.LearnersNext.Count > 0 || wire.AutoLeave)
        {
            throw new InvalidDataException("a joint configuration arrived: this swarm changes one member at a time");
        }
        var all = wire.Voters.Concat(wire.Learners).ToHashSet();
        if (all.Count != wire.Voters.Count + wire.Learners.Count)
        {
            throw new InvalidDataException("a configuration names a member twice");
        }
        return new([.. wire.Voters], [.. wire.Learners]);
    }

    private static ImmutableArray<Entry> ToRecords(Google.Protobuf.Collections.RepeatedField<Pb.Entry> wire)
    {
        if (wire.Count == 0)
        {
            return [];
        }
        var entries = ImmutableArray.CreateBuilder<Entry>(wire.Count);
        foreach (Pb.Entry entry in wire)
        {
            entries.Add(ToRecord(entry));
        }
        return entries.MoveToImmutable();
    }
}
