using System.Collections.Immutable;

namespace Skep.Raft;

/// <summary>Everything the driver has to do before it lets the core go on.</summary>
/// <remarks>
/// In this order (checklist 20, 21): make <see cref="Snapshot"/> durable, then <see cref="Entries"/>, then
/// <see cref="HardState"/>; send <see cref="Messages"/>; apply <see cref="Committed"/>; call
/// <see cref="RaftCore.Advance"/>. Messages may be received in between; there is one unfinished Ready at a time.
/// </remarks>
public sealed record Ready
{
    /// <summary>Null: unchanged since the last one.</summary>
    public HardState? HardState { get; init; }

    /// <summary>To append to the log. The first may overwrite what the log on disk holds from its index on.</summary>
    public ImmutableArray<Entry> Entries { get; init; } = [];

    /// <summary>To install in place of the log and the applied state. Comes without committed entries.</summary>
    public Snapshot? Snapshot { get; init; }

    /// <summary>To apply, in order, once. Configuration changes among them go to ApplyConfChange.</summary>
    public ImmutableArray<Entry> Committed { get; init; } = [];

    /// <summary>
    /// To send, in order per receiver; they may be lost. What became of a snapshot is told to
    /// <see cref="RaftCore.ReportSnapshot"/> in any case: until then its receiver gets nothing else.
    /// </summary>
    public ImmutableArray<Message> Messages { get; init; } = [];

    public ImmutableArray<ReadState> Reads { get; init; } = [];

    /// <summary>Null: unchanged since the last one.</summary>
    public RoleState? Role { get; init; }

    /// <summary>Whether anything here must be durable before the messages leave: not for a new commit alone.</summary>
    public bool MustSync { get; init; }

    /// <summary>Which write this was: the log's end when it was handed out, and the term it happened in.</summary>
    internal Durability Write { get; init; }
}

/// <summary>What a finished write says about the log, if the term is still the same (checklist 24).</summary>
/// <param name="OwnVote">The vote or pre-vote for ourselves that it makes durable.</param>
internal readonly record struct Durability(ulong Term, ulong LastIndex, ulong LastTerm, MessageKind? OwnVote);
