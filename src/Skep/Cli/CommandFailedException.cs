using System.Net;

namespace Skep.Cli;

/// <summary>Ends a command: the message goes to standard error as it is, the code becomes the program's.</summary>
/// <param name="message">"": nothing is said.</param>
/// <param name="status">What the daemon answered, if it did.</param>
internal sealed class CommandFailedException(string message, int exitCode = 1, HttpStatusCode? status = null)
    : Exception(message)
{
    public int ExitCode => exitCode;

    public HttpStatusCode? Status => status;

    /// <summary>A refusal of the daemon.</summary>
    public static CommandFailedException FromDaemon(HttpStatusCode status, string message) =>
        new($"Error response from daemon: {message}", status: status);
}
