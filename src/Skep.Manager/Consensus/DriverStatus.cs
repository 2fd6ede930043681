using System.Collections.Immutable;
using Skep.Raft;

namespace Skep.Manager.Consensus;

/// <summary>What the other threads may know of the driver: a picture, replaced when something in it changed.</summary>
/// <param name="Problem">Why this manager cannot take part, in words for its user; null when it can.</param>
/// <param name="DockerPeers">Members that are Docker Engines: their pace and their feature set are kept.</param>
/// <param name="Stranger">A member that calls us and that our log does not tell of yet; 0: there is none.</param>
/// <param name="IsWithoutLeader">No leader was heard of for long enough to say that the quorum is lost.</param>
public sealed record DriverStatus(
    ulong RaftId,
    RaftRole Role,
    Leadership Leadership,
    MemberList Members,
    ImmutableHashSet<ulong> DockerPeers,
    bool IsWithoutLeader,
    string? Problem,
    ulong Stranger)
{
    public bool HasDocker => Members.Members.Keys.Any(DockerPeers.Contains);
}
