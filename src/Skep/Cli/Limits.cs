namespace Skep.Cli;

/// <summary>The CLI's bounds.</summary>
internal static class Limits
{
    /// <summary>Bytes of a daemon's answer to one request that is read whole (an inspect, a list).</summary>
    public const int AnswerBytes = 256 << 20;

    /// <summary>Bytes of the head of an answer on a hijacked connection (as Go's transport).</summary>
    public const int HijackHeadBytes = 1 << 20;

    /// <summary>Bytes of an error that is read from a refused hijack.</summary>
    public const int HijackErrorBytes = 64 << 10;

    /// <summary>Bytes that move between a terminal and a container at once.</summary>
    public const int CopyBytes = 32 << 10;

    /// <summary>Bytes of one line of a daemon's stream of JSON (progress, events, stats).</summary>
    public const int LineBytes = 16 << 20;

    /// <summary>Containers that a command works on at the same time (docker's number).</summary>
    public const int ParallelOperations = 50;

    /// <summary>Attempts to tell the daemon the terminal's size, which fails until the process runs.</summary>
    public const int ResizeAttempts = 10;

    /// <summary>Bytes of a secret, and of a config (SwarmKit's limits, which the daemon enforces).</summary>
    public const int SecretBytes = 500 << 10;
    public const int ConfigBytes = 1000 << 10;

    /// <summary>Bytes of a compose file, and of every file that one names.</summary>
    public const int ComposeFileBytes = 4 << 20;

    /// <summary>Bytes of an exported context that is read back (docker's number).</summary>
    public const int ContextArchiveBytes = 10 << 20;

    /// <summary>Bytes of one file of certificates or keys.</summary>
    public const int PemBytes = 1 << 20;

    /// <summary>Bytes of a credential helper's answer.</summary>
    public const int HelperAnswerBytes = 1 << 20;

    /// <summary>Bytes of what a program that carries a connection says about its failure (docker's number).</summary>
    public const int CarrierErrorBytes = 4 << 10;

    /// <summary>Names of containers, services and so on that completion offers.</summary>
    public const int CompletionCount = 1000;
}
