namespace Skep.Manager.Storage;

/// <summary>Whose log it is. Every segment and snapshot says so, that none is taken for another's.</summary>
/// <param name="RaftId">The member's id in consensus, chosen once and never used again by anybody.</param>
public sealed record StorageIdentity(string ClusterId, string NodeId, ulong RaftId);
