namespace Skep.Agent.Logs;

/// <summary>Bounds of a container's log.</summary>
internal static class LogLimits
{
    /// <summary>Bytes of one line; a longer one is cut into pieces (Docker's number).</summary>
    public const int LineBytesMax = 16 * 1024;

    /// <summary>
    /// Bytes of one encoded line that a reader takes; longer ones are damage. Escapes grow a byte sixfold.
    /// </summary>
    public const int EncodedLineBytesMax = 1 << 20;

    /// <summary>Bytes read from a log file at once.</summary>
    public const int ReadBytes = 64 * 1024;
}
