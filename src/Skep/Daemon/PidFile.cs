using System.Globalization;
using Skep.Linux.Processes;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>Tells scripts the daemon's process id. It is a hint only: the data root's lock is what counts.</summary>
public sealed class PidFile : IDisposable
{
    private readonly string path;

    private PidFile(string path) => this.path = path;

    public static PidFile Write(string path)
    {
        // What a crash left holds an id that may be anybody's by now: only our own program is taken at its word.
        if (File.Exists(path)
            && int.TryParse(File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture, out int pid)
            && pid != Environment.ProcessId
            && Program(pid) is { } program && program == Program(Environment.ProcessId)
            && ProcessIdentity.Arguments(pid).SequenceEqual(ProcessIdentity.Arguments(Environment.ProcessId)))
        {
            throw new RefusedException(
                ErrorKind.Conflict, $"pid file found, ensure that process {pid} is not running or delete {path}");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        File.Move(path + ".new", path, overwrite: true);
        return new PidFile(path);
    }

    public void Dispose() => File.Delete(path);

    private static string? Program(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/exe").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
