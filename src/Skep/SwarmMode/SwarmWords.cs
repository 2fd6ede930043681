namespace Skep.SwarmMode;

/// <summary>
/// What Docker says when a node cannot do what was asked (moby daemon/cluster/errors.go and cluster.go).
/// </summary>
internal static class SwarmWords
{
    public const string NotInSwarm =
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node " +
        "to swarm and try again.";

    public const string NotManager =
        "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run " +
        "this command on a manager node or promote the current node to a manager.";

    public const string Preparing =
        "This node is not a swarm manager. Manager is being prepared or has trouble connecting to the cluster.";

    public const string Locked =
        "Swarm is encrypted and needs to be unlocked before it can be used. Please use \"docker swarm unlock\" to " +
        "unlock it.";

    public static string Expired(DateTimeOffset since) =>
        $"The certificate of this node expired at {since.UtcDateTime:u}. It is renewed as soon as a manager answers; " +
        "if this node was removed from the swarm meanwhile, leave it with \"docker swarm leave --force\" and join " +
        "again.";

    public static string WhyNoControl(SwarmStatus status) => status switch
    {
        { State: LocalNodeState.Inactive } => NotInSwarm,
        { State: LocalNodeState.Locked } => Locked,
        { IsManager: true } => Preparing,
        { State: LocalNodeState.Active } => NotManager,
        _ => NotInSwarm,
    };
}
