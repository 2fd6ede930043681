namespace Skep.Swarm.Objects;

/// <summary>What holds for the swarm as a whole: settings, authority, tokens and keys.</summary>
public sealed record Cluster : StoreObject
{
    public required ClusterId Id { get; init; }

    public ClusterSpec Spec { get; init; } = ClusterSpec.Empty;

    public RootCA RootCA { get; init; } = RootCA.Empty;

    /// <summary>Keys by which nodes protect the network's control traffic.</summary>
    public ValueList<EncryptionKey> NetworkBootstrapKeys { get; init; }

    /// <summary>Orders the network keys, so that every node agrees which one is the oldest.</summary>
    public ulong EncryptionKeyLamportClock { get; init; }

    /// <summary>Certificates no longer honoured, by common name (the node's id).</summary>
    public ValueMap<BlacklistedCertificate> BlacklistedCertificates { get; init; }

    /// <summary>Keys that lock a manager's data at rest; none when autolock is off.</summary>
    public ValueList<EncryptionKey> UnlockKeys { get; init; }

    public bool Fips { get; init; }

    public ValueList<string> DefaultAddressPool { get; init; }

    public uint SubnetSize { get; init; }

    public uint VxlanUdpPort { get; init; }

    public override ObjectKind Kind => ObjectKind.Cluster;

    public override string RawId => Id.Value;

    public override Annotations Naming => Spec.Annotations;
}

/// <summary>A certificate that is refused until it would have ended anyway.</summary>
public sealed record BlacklistedCertificate
{
    public SwarmTime? Expiry { get; init; }
}

/// <summary>The ciphers that <see cref="EncryptionKey"/> may name.</summary>
public enum EncryptionAlgorithm
{
    Aes128Gcm = 0,
}

/// <summary>A symmetric key of one part of the swarm.</summary>
public sealed record EncryptionKey
{
    public string Subsystem { get; init; } = "";

    public EncryptionAlgorithm Algorithm { get; init; }

    public Bytes Key { get; init; }

    public ulong LamportTime { get; init; }
}
