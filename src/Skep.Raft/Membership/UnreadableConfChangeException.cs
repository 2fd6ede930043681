namespace Skep.Raft;

/// <summary>The log holds a configuration change that cannot be followed here: joint, or damaged.</summary>
/// <remarks>Whoever goes on without it counts other quorums than the rest: the driver stops instead.</remarks>
public sealed class UnreadableConfChangeException(string message) : Exception(message);
