using Skep.Manager.Control;
using Skep.Swarm;

namespace Skep.SwarmMode;

// What a manager offers to users.
public sealed partial class SwarmNode
{
    /// <exception cref="RefusedException">This node is no manager, or its manager is not at work yet.</exception>
    public ISwarmControl Control => run?.Control
        ?? throw new RefusedException(ErrorKind.Unavailable, SwarmWords.WhyNoControl(Status));

    /// <returns>SWMKEY-1-…, or "" when managers are not locked.</returns>
    /// <exception cref="RefusedException">This node is no manager, or its manager is not at work yet.</exception>
    public Task<string> UnlockKeyAsync(CancellationToken stop) => run?.UnlockKeyAsync(stop)
        ?? throw new RefusedException(ErrorKind.Unavailable, SwarmWords.WhyNoControl(Status));
}
