namespace Skep.Transport.Identity;

/// <summary>Bounds of what a stranger may send about keys and certificates, and the lives that these have.</summary>
public static class IdentityLimits
{
    /// <summary>Bytes of a signing request in PEM. One for a 8192-bit RSA key is under 3 KiB.</summary>
    public const int RequestBytesMax = 16 << 10;

    /// <summary>Bytes of a bundle of certificates in PEM; SwarmKit's bound for what a CA may answer.</summary>
    public const int BundleBytesMax = 256 << 10;

    /// <summary>Certificates in one bundle. A root bundle has one, a chain in a rotation two.</summary>
    public const int BundleCertificatesMax = 16;

    /// <summary>Bytes of the key file: keys, one chain and one root bundle, in base64.</summary>
    public const int KeyFileBytesMax = 1 << 20;

    /// <summary>Bits. Below it RSA is breakable.</summary>
    public const int RsaBitsMin = 2048;

    /// <summary>Bits. Above it one signature check costs more than a stranger may make us spend.</summary>
    public const int RsaBitsMax = 8192;

    /// <summary>Random bytes in the secret of a join token.</summary>
    public const int TokenSecretBytes = 16;

    /// <summary>Bytes of every symmetric key: unlock key and data keys (AES-256).</summary>
    public const int SecretKeyBytes = 32;

    /// <summary>Random bytes of a serial number: 160 bits, the most that RFC 5280 4.1.2.2 allows.</summary>
    public const int SerialBytes = 20;

    /// <summary>How far a certificate's life reaches back, for joiners whose clocks are behind.</summary>
    public static readonly TimeSpan Backdate = TimeSpan.FromHours(1);

    /// <summary>Life of a self-made root: 20 years of 365 days, as SwarmKit's.</summary>
    public static readonly TimeSpan RootLifetime = TimeSpan.FromDays(7300);

    /// <summary>Life of a node's certificate when the swarm does not say: 90 days.</summary>
    public static readonly TimeSpan NodeLifetime = TimeSpan.FromDays(90);

    /// <summary>Shorter lives are refused by the control API, and taken for the default by the signer.</summary>
    public static readonly TimeSpan NodeLifetimeMin = TimeSpan.FromHours(1);
}
