namespace Skep.Swarm.Objects;

/// <summary>The certificate authority as the store keeps it. The key is empty when an external CA signs.</summary>
public sealed record RootCA
{
    public static readonly RootCA Empty = new();

    public Bytes CAKey { get; init; }

    public Bytes CACert { get; init; }

    /// <summary>The digest that join tokens carry.</summary>
    public string CACertHash { get; init; } = "";

    public JoinTokens JoinTokens { get; init; } = JoinTokens.Empty;

    /// <summary>Set while nodes are being moved to another root.</summary>
    public RootRotation? RootRotation { get; init; }

    /// <summary>The <see cref="CAConfig.ForceRotate"/> that was last acted upon.</summary>
    public ulong LastForcedRotation { get; init; }
}

/// <summary>What a node must show to join. Both are secrets and do not print themselves.</summary>
public sealed record JoinTokens
{
    public static readonly JoinTokens Empty = new();

    public string Worker { get; init; } = "";

    public string Manager { get; init; } = "";

    public override string ToString() => "JoinTokens";
}

/// <summary>The root that nodes are being moved to, cross-signed by the one they trust now.</summary>
public sealed record RootRotation
{
    public Bytes CACert { get; init; }

    public Bytes CAKey { get; init; }

    public Bytes CrossSignedCACert { get; init; }
}

/// <summary>How far the issuing of a certificate has come.</summary>
public enum IssuanceState
{
    Unknown = 0,
    Renew = 1,
    Pending = 2,
    Issued = 3,
    Failed = 4,
    Rotate = 5,
}

/// <summary>How far the issuing of a certificate has come, and what went wrong.</summary>
public sealed record IssuanceStatus
{
    public static readonly IssuanceStatus Empty = new();

    public IssuanceState State { get; init; }

    public string Err { get; init; } = "";
}

/// <summary>A node's request for a certificate and the certificate that answered it.</summary>
public sealed record Certificate
{
    public static readonly Certificate Empty = new();

    public NodeRole Role { get; init; }

    public Bytes Csr { get; init; }

    public IssuanceStatus Status { get; init; } = IssuanceStatus.Empty;

    /// <summary>The issued certificate, PEM.</summary>
    public Bytes Pem { get; init; }

    public string CN { get; init; } = "";
}
