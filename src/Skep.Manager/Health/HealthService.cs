using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Manager.Health;

/// <summary>Tells other managers whether this one can take part. Whoever lets it join calls back here first.</summary>
public sealed class HealthService
{
    /// <summary>SwarmKit's name for consensus as something that is healthy or not.</summary>
    private const string RaftService = "Raft";

    private volatile bool isRaftServing;

    /// <summary>Whether this manager answers the messages of consensus.</summary>
    public bool IsRaftServing
    {
        get => isRaftServing;
        set => isRaftServing = value;
    }

    public void Map(RpcRoutes routes) => routes.Unary(
        SwarmKitMethods.Health.Check, RpcAccess.Manager, (request, _, _) => Task.FromResult(Check(request)));

    private HealthCheckResponse Check(HealthCheckRequest request) => new()
    {
        Status = request.Service switch
        {
            "" => HealthCheckResponse.Types.ServingStatus.Serving,
            RaftService when isRaftServing => HealthCheckResponse.Types.ServingStatus.Serving,
            RaftService => HealthCheckResponse.Types.ServingStatus.NotServing,
            _ => throw SwarmRefusal.Of(SwarmCode.NotFound, "unknown service"),
        },
    };
}
