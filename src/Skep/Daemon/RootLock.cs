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
        // A file of its own tells who holds it: .NET would not open the locked one.
        string path = Path.Combine(directory, "skep.lock");
        string holderPath = path + ".holder";
        if (FileLock.TryTake(path) is not { } held)
        {
            string holder = File.Exists(holderPath) ? File.ReadAllText(holderPath) : "";
            throw new RefusedException(
                ErrorKind.Conflict,
                $"another daemon{(holder.Length > 0 ? $" (process {holder})" : "")} uses {directory}: "
                + $"stop it, or choose another --{flag}");
        }

        File.WriteAllText(holderPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new RootLock(held);
    }

    public void Dispose() => held.Dispose();
}
