namespace Skep.Manager.Authority;

/// <summary>Bounds of what the certificate authority does.</summary>
internal static class AuthorityLimits
{
    /// <summary>Tries to write a request when something else changed meanwhile.</summary>
    public const int WriteAttempts = 4;

    /// <summary>One call to an external CA (SwarmKit ca/external.go).</summary>
    public static readonly TimeSpan ExternalCall = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of an external CA's answer.</summary>
    public const int ExternalAnswerBytesMax = 256 << 10;

    /// <summary>Characters of an external CA's own words that are kept for the log.</summary>
    public const int ExternalWordsMax = 256;

    /// <summary>How soon requests that could not be signed are tried again (SwarmKit ca/server.go).</summary>
    public static readonly TimeSpan SignAgain = TimeSpan.FromSeconds(10);

    /// <summary>A root that ends sooner is not gone over to (SwarmKit controlapi/ca_rotation.go).</summary>
    public static readonly TimeSpan RootLifeMin = TimeSpan.FromDays(365);

    /// <summary>How soon a failed rotation of data keys is tried again.</summary>
    public static readonly TimeSpan RotateAgain = TimeSpan.FromSeconds(10);
}
