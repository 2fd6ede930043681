using System.Collections.Immutable;
using System.Text;

namespace Skep.Raft;

/// <summary>What one member tells another; the fields are those of etcd's <c>raftpb.Message</c>.</summary>
/// <remarks>
/// <see cref="Index"/> and <see cref="LogTerm"/> name the entry before <see cref="Entries"/> in an append, the
/// candidate's last entry in a vote, the last entry held in an append's answer. A refusing answer to an append has the
/// refused place in <see cref="Index"/> and the follower's guess in <see cref="RejectHint"/> and <see cref="LogTerm"/>.
/// </remarks>
public sealed record Message
{
    public required MessageKind Kind { get; init; }

    public required ulong To { get; init; }

    /// <summary>A claim: the receiver of the connection checks it against the certificate (checklist 32).</summary>
    public ulong From { get; init; }

    /// <summary>0 in the kinds that hold whatever the term: Propose, ReadIndex and TransferLeader.</summary>
    public ulong Term { get; init; }

    public ulong LogTerm { get; init; }

    public ulong Index { get; init; }

    public ImmutableArray<Entry> Entries { get; init; } = [];

    public ulong Commit { get; init; }

    public ulong Vote { get; init; }

    public Snapshot? Snapshot { get; init; }

    public bool Reject { get; init; }

    public ulong RejectHint { get; init; }

    public ReadOnlyMemory<byte> Context { get; init; }

    /// <summary>Whether a member may send it to another.</summary>
    public static bool MayArrive(MessageKind kind) => kind
        is MessageKind.Append or MessageKind.AppendResponse
        or MessageKind.Vote or MessageKind.VoteResponse
        or MessageKind.PreVote or MessageKind.PreVoteResponse
        or MessageKind.Snapshot
        or MessageKind.Heartbeat or MessageKind.HeartbeatResponse
        or MessageKind.TimeoutNow or MessageKind.TransferLeader
        or MessageKind.ReadIndex or MessageKind.ReadIndexResponse;

    /// <summary>Holds together in itself. Whether it is true is another question.</summary>
    internal bool IsWellFormed
    {
        get
        {
            if (!MayArrive(Kind) || From == 0)
            {
                return false;
            }

            return Kind switch
            {
                MessageKind.Append => EntriesFollow(),
                MessageKind.Snapshot => Snapshot is { Meta.Index: > 0, Meta.Term: > 0 }
                    && Snapshot.Meta.Term <= Term && !Snapshot.Meta.Members.Voters.IsEmpty,
                MessageKind.ReadIndex or MessageKind.ReadIndexResponse => Entries.Length == 1,
                _ => true,
            };
        }
    }

    public bool Equals(Message? other) =>
        other is not null && Kind == other.Kind && To == other.To && From == other.From && Term == other.Term
        && LogTerm == other.LogTerm && Index == other.Index && Commit == other.Commit && Vote == other.Vote
        && Snapshot == other.Snapshot && Reject == other.Reject && RejectHint == other.RejectHint
        && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan())
        && Context.Span.SequenceEqual(other.Context.Span);

    public override int GetHashCode() => HashCode.Combine(Kind, To, From, Term, LogTerm, Index, Entries.Length);

    /// <summary>The message on one line, for scenes, logs and failures.</summary>
    public override string ToString()
    {
        var line = new StringBuilder($"{From}->{To} {Kind}");
        line.Append(Term == 0 ? "" : $" term={Term}");
        line.Append(Index == 0 && LogTerm == 0 ? "" : $" at={LogTerm}/{Index}");
        line.Append(Reject ? " reject" : "");
        line.Append(Reject && RejectHint != 0 ? $" hint={RejectHint}" : "");
        line.Append(Commit == 0 ? "" : $" commit={Commit}");
        line.Append(Entries.IsEmpty ? "" : $" entries=[{string.Join(", ", Entries)}]");
        line.Append(Snapshot is null
            ? "" : $" snapshot={Snapshot.Meta.Term}/{Snapshot.Meta.Index} {Snapshot.Meta.Members}");
        line.Append(Context.IsEmpty ? "" : $" context={DataText.Of(Context)}");
        return line.ToString();
    }

    /// <summary>The entries stand behind the place named, without a gap, and no term falls or is yet to come.</summary>
    private bool EntriesFollow()
    {
        (ulong index, ulong term) = (Index, LogTerm);
        foreach (Entry entry in Entries)
        {
            if (entry.Index != index + 1 || entry.Term < term)
            {
                return false;
            }

            (index, term) = (entry.Index, entry.Term);
        }

        return term <= Term;
    }
}
