namespace Skep.Agent.Streams;

/// <summary>Which of a process's streams; the numbers are those of Docker's multiplexed format.</summary>
public enum StreamKind : byte
{
    Stdin = 0,
    Stdout = 1,
    Stderr = 2,

    /// <summary>The engine's own words about the stream, as an error while reading logs.</summary>
    SystemError = 3,
}
