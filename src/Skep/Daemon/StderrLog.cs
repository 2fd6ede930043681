using System.Globalization;
using System.Text;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>Writes the daemon's log to standard error: time, level, message and facts, one line each.</summary>
public sealed class StderrLog(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Stream output = Console.OpenStandardError();

    public void Write(Severity severity, string line)
    {
        string level = severity switch
        {
            Severity.Debug => "debug",
            Severity.Info => "info ",
            Severity.Warn => "warn ",
            Severity.Error => "error",
            _ => "fatal",
        };
        string now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        byte[] bytes = Encoding.UTF8.GetBytes($"{now} {level} {line}\n");
        lock (gate)
        {
            try
            {
                output.Write(bytes);
            }
            catch (IOException)
            {
                // Whoever read the log has gone, or its disk is full: containers matter more than lines about them.
            }
        }
    }
}
