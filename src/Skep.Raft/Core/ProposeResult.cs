namespace Skep.Raft;

/// <summary>Why a proposal was certainly not appended.</summary>
public enum DropReason
{
    /// <summary>Leadership is being handed over; it succeeds or is given up within an election timeout.</summary>
    TransferInProgress,

    /// <summary>Too many bytes wait for a quorum already (checklist 17).</summary>
    TooMuchUncommitted,

    /// <summary>
    /// An earlier configuration change may not be applied yet, or nothing of this term is (checklist 30).
    /// </summary>
    ConfChangePending,

    /// <summary>This leader was removed from the configuration (checklist 34).</summary>
    NotAMember,

    /// <summary>This leader has proposed its own removal and takes nothing more, lest only it has it.</summary>
    Leaving,
}

/// <summary>
/// What became of a proposal at once. An accepted one is committed or lost later; see checklist 39 for the three
/// answers a caller may be given.
/// </summary>
public abstract record ProposeResult
{
    private ProposeResult()
    {
    }

    /// <summary>Appended here. It is committed when an entry of this index AND this term is applied.</summary>
    public sealed record Accepted(ulong Index, ulong Term) : ProposeResult;

    /// <param name="Leader">0: unknown.</param>
    public sealed record NotLeader(ulong Leader) : ProposeResult;

    public sealed record Dropped(DropReason Reason) : ProposeResult;
}
