namespace Skep.Swarm.Networking;

/// <summary>
/// One state of the networks, a later one, and what is different: for who follows them without looking at all.
/// </summary>
/// <param name="Delta">Leads from the one to the other, and is not <see cref="NetworkDelta.IsComplete"/>.</param>
public sealed record NetworkStep(NetworkState Before, NetworkState After, NetworkDelta Delta)
{
    /// <summary>Of two states, whatever lies between them; looks at all of both.</summary>
    public static NetworkStep Between(NetworkState before, NetworkState after) =>
        new(before, after, NetworkDelta.Between(before, after));

    /// <summary>To a state, from wherever one is.</summary>
    public static NetworkStep To(NetworkState after) => Between(NetworkState.Empty, after);

    /// <summary>What news make of a state.</summary>
    public static NetworkStep Of(NetworkState before, NetworkDelta news)
    {
        NetworkState after = news.ApplyTo(before);
        return news.IsComplete ? Between(before, after) : new NetworkStep(before, after, news);
    }

    /// <summary>The same for somebody who knows another state: who has missed a step looks at all.</summary>
    public NetworkStep From(NetworkState known) => ReferenceEquals(known, Before) ? this : Between(known, After);

    /// <summary>Nodes, networks, or this node's own place are not what they were; that is seldom.</summary>
    public bool IsAboutNodes =>
        Delta.Networks.Length + Delta.GoneNetworks.Length + Delta.Peers.Length + Delta.GonePeers.Length > 0
        || Before.Self != After.Self || Before.DataPathPort != After.DataPathPort;

    /// <summary>With a network go its services.</summary>
    public bool IsAboutServices =>
        Delta.Services.Length + Delta.GoneServices.Length + Delta.GoneNetworks.Length > 0;

    public bool IsAboutPorts => Delta.Ports.Length + Delta.GonePorts.Length > 0;

    /// <summary>Every endpoint that may be different, as it was and as it is; null: it was, or is, not there.</summary>
    public IEnumerable<(EndpointFacts? Old, EndpointFacts? New)> Endpoints()
    {
        IEnumerable<(NetworkId Network, TaskId Task)> named = Delta.Endpoints
            .Select(static one => (one.Network, one.Task)).Concat(Delta.GoneEndpoints);
        if (Delta.GoneNetworks.Length > 0)
        {
            var gone = new HashSet<NetworkId>(Delta.GoneNetworks);
            named = named.Concat(Before.Endpoints.Keys.Where(key => gone.Contains(key.Network)));
        }

        return named.Distinct()
            .Select(key => (Before.Endpoints.GetValueOrDefault(key), After.Endpoints.GetValueOrDefault(key)));
    }
}
