using Skep.Manager.Founding;
using Skep.Swarm;

namespace Skep.SwarmMode;

// The parts of a node that run together.
internal sealed partial class NodeRun
{
    private async Task RunOnceAsync(NodeStart next, CancellationToken stop)
    {
        NewSwarm? founded = await OpenIdentityAsync(next, stop);
        throw new RefusedException(ErrorKind.Unsupported, $"swarms are not implemented yet: {founded}");
    }

    /// <summary>Tells the swarm that this node leaves, as far as somebody listens.</summary>
    public Task SayGoodbyeAsync(CancellationToken stop) => Task.CompletedTask;
}
