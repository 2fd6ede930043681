namespace Skep.Swarm.Objects;

/// <summary>What an agent reports about its machine.</summary>
public sealed record NodeDescription
{
    public string Hostname { get; init; } = "";

    public Platform? Platform { get; init; }

    public Resources? Resources { get; init; }

    public EngineDescription? Engine { get; init; }

    public NodeTlsInfo? TlsInfo { get; init; }

    public bool Fips { get; init; }

    public ValueList<NodeCsiInfo> CsiInfo { get; init; }
}

/// <summary>A processor architecture and an operating system.</summary>
public sealed record Platform
{
    public string Architecture { get; init; } = "";

    public string OS { get; init; } = "";
}

/// <summary>The engine of a node.</summary>
public sealed record EngineDescription
{
    public string EngineVersion { get; init; } = "";

    public ValueMap<string> Labels { get; init; }

    public ValueList<PluginDescription> Plugins { get; init; }
}

/// <summary>A plugin of an engine: Volume, Network, Log and so on.</summary>
public sealed record PluginDescription
{
    public string Type { get; init; } = "";

    public string Name { get; init; } = "";
}

/// <summary>Which roots a node trusts and who signed its certificate.</summary>
public sealed record NodeTlsInfo
{
    /// <summary>PEM.</summary>
    public Bytes TrustRoot { get; init; }

    /// <summary>DER.</summary>
    public Bytes CertIssuerSubject { get; init; }

    /// <summary>DER, subject public key info.</summary>
    public Bytes CertIssuerPublicKey { get; init; }
}

/// <summary>A node as one storage plugin sees it.</summary>
public sealed record NodeCsiInfo
{
    public string PluginName { get; init; } = "";

    /// <summary>The plugin's own name for the node; not a <see cref="Skep.Swarm.NodeId"/>.</summary>
    public string NodeId { get; init; } = "";

    public long MaxVolumesPerNode { get; init; }

    public Topology? AccessibleTopology { get; init; }
}

/// <summary>A manager's id and address, as agents keep them.</summary>
public sealed record Peer
{
    public NodeId NodeId { get; init; }

    public string Addr { get; init; } = "";
}

/// <summary>A manager to connect to, and how much it is preferred.</summary>
public sealed record WeightedPeer
{
    public Peer? Peer { get; init; }

    public long Weight { get; init; }
}
