namespace Skep.Swarm;

/// <summary>What the caller should do about a refusal. The only way an error is classified.</summary>
public enum ErrorKind
{
    /// <summary>The request is wrong: change it. HTTP 400.</summary>
    Invalid,

    /// <summary>The named object does not exist. HTTP 404.</summary>
    NotFound,

    /// <summary>The object is in a state, or in a use, that forbids this now. HTTP 409.</summary>
    Conflict,

    /// <summary>The caller may not do this. HTTP 403.</summary>
    Forbidden,

    /// <summary>Credentials are missing or wrong. HTTP 401.</summary>
    Unauthorized,

    /// <summary>Something this needs is away: try again later. HTTP 503.</summary>
    Unavailable,

    /// <summary>This program cannot do it. HTTP 501.</summary>
    Unsupported,

    /// <summary>The request was carried out or not; nobody knows. HTTP 500.</summary>
    OutcomeUnknown,

    /// <summary>The machine refused: the kernel, the disk, containerd or runc said no. HTTP 500.</summary>
    Failed,

    /// <summary>The object already is in the wanted state. HTTP 304.</summary>
    NotModified,
}

/// <summary>A request that is refused, with the words its user shall read.</summary>
public sealed class RefusedException(ErrorKind kind, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public ErrorKind Kind => kind;
}
