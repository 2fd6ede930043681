namespace Skep.Raft;

/// <summary>What a member takes itself for. A learner is a follower that does not vote in any quorum.</summary>
public enum RaftRole
{
    Follower,
    PreCandidate,
    Candidate,
    Leader,
}

/// <summary>Who leads and what we are: true only while the process lives, never saved.</summary>
/// <param name="Leader">0: unknown.</param>
/// <param name="Reason">Why the role was last taken, in words, for the log.</param>
public sealed record RoleState(ulong Leader, RaftRole Role, ulong Term, string Reason);
