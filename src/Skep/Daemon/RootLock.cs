using System.Globalization;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>One daemon per directory. The kernel gives the lock back when the daemon dies, however it dies.</summary>
public sealed class RootLock : IDisposable
{
    private readonly FileLock held;

    private RootLock(FileLock held) => this.held = held;

    /// <param name="directory">A data root or an exec root.</param>
    /// <param name="flag">The flag that names it, for the message.</param>
    public static RootLock Take(string directory, string flag)
    {
        string path = Path.Combine(directory, "skep.lock");
        if (FileLock.TryTake(path) is not { } held)
        {
            string holder = File.ReadAllText(path).Trim();
            throw new RefusedException(
                ErrorKind.Conflict,
                $"another daemon{(holder.Length > 0 ? $" (process {holder})" : "")} uses {directory}: "
                + $"stop it, or choose another --{flag}");
        }

        // Shared for writing, because .NET would otherwise ask for the same lock again.
        using var file = new FileStream(path, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        return new RootLock(held);
    }

    public void Dispose() => held.Dispose();
}
