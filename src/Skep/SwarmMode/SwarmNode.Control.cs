using Skep.Swarm;

namespace Skep.SwarmMode;

// What a manager offers to users.
public sealed partial class SwarmNode
{
    /// <exception cref="RefusedException">This node is no manager, or its manager is not at work yet.</exception>
    public ISwarmControl Control => run?.Control
        ?? throw new RefusedException(ErrorKind.Unavailable, SwarmWords.WhyNoControl(Status));
}
