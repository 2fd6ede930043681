using Skep.Raft;

namespace Skep.Manager.Consensus;

/// <summary>What the other threads may know of the driver: a picture, replaced when something in it changed.</summary>
/// <param name="Problem">Why this manager cannot take part, in words for its user; null when it can.</param>
/// <param name="HasDocker">A Docker manager is in the quorum: its pace and its feature set are kept.</param>
/// <param name="IsWithoutLeader">No leader was heard of for long enough to say that the quorum is lost.</param>
public sealed record DriverStatus(
    ulong RaftId,
    RaftRole Role,
    Leadership Leadership,
    MemberList Members,
    bool HasDocker,
    bool IsWithoutLeader,
    string? Problem);
