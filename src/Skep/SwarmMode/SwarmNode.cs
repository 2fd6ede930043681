using Skep.Swarm;

namespace Skep.SwarmMode;

/// <summary>This machine's part in a swarm: none, worker or manager.</summary>
/// <remarks>Thread-safe. Every refusal is a <see cref="RefusedException"/> in Docker's words.</remarks>
public sealed class SwarmNode
{
    public SwarmStatus Status { get; private set; } = SwarmStatus.Inactive;

    /// <summary>Makes a new swarm with this node as its first manager.</summary>
    /// <returns>The node's id.</returns>
    public Task<string> InitAsync(InitOptions options, CancellationToken stop) => throw NotYet("swarm init");

    public Task JoinAsync(JoinOptions options, CancellationToken stop) => throw NotYet("swarm join");

    /// <param name="force">Also when the node is a manager, or locked.</param>
    public Task LeaveAsync(bool force, CancellationToken stop) => throw new RefusedException(
        ErrorKind.Unavailable, "This node is not part of a swarm");

    /// <param name="key">SWMKEY-1-…; a secret.</param>
    public Task UnlockAsync(string key, CancellationToken stop) => throw NotYet("swarm unlock");

    /// <returns>SWMKEY-1-…, or "" when managers are not locked.</returns>
    public Task<string> UnlockKeyAsync(CancellationToken stop) => throw NotYet("swarm unlock-key");

    private static RefusedException NotYet(string command) =>
        new(ErrorKind.Unsupported, $"{command} is not implemented by this version of Skep");
}
