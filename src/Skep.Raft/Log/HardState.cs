namespace Skep.Raft;

/// <summary>
/// What a member must remember across restarts besides its log: its term, its vote in it, its commit.
/// </summary>
/// <param name="Vote">Who got the vote in this term; 0: nobody yet.</param>
public sealed record HardState(ulong Term, ulong Vote, ulong Commit)
{
    /// <summary>A member that never ran.</summary>
    public static HardState Empty { get; } = new(0, 0, 0);
}
