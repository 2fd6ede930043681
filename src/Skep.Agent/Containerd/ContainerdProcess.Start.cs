using System.Collections;
using System.Globalization;
using Skep.Linux.Processes;
using Skep.Swarm;

namespace Skep.Agent.Containerd;

// How a private containerd is started, found again and ended.
public sealed partial class ContainerdProcess
{
    private const int SigKill = 9, SigTerm = 15;

    // Looked through after PATH: a service manager's PATH may lack the place of runc.
    private static readonly string[] UsualPlaces =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    private static readonly Version OldestVersion = new(1, 6);

    // Variables with which a service manager speaks to this process only.
    private static readonly string[] NotInherited =
        ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"];

    private void Launch()
    {
        string[] places = [.. SearchPath()];
        string program = FindProgram(
            options.Program, places, "install it (Debian, Ubuntu: apt-get install containerd), or give --containerd");
        FindProgram("runc", places, "install it (Debian, Ubuntu: apt-get install runc)");
        files.BoundLog();
        files.WriteConfig(options);
        int pid = DetachedProcess.Start(
            program, ["--config", files.ConfigPath], ChildEnvironment(places), files.LogPath);
        process = ProcessWatch.Open(pid)
            ?? throw new RefusedException(ErrorKind.Unavailable, $"containerd ended at once: see {files.LogPath}");
        SavePid(process.Identity);
        log.Info("started containerd", ("pid", pid), ("socket", SocketPath), ("log", files.LogPath));
    }

    // One that runs but does not answer is ended: a second one would wait for its database for ever.
    private async Task<bool> AdoptAsync(CancellationToken stop)
    {
        if (FindRunning() is not { } found || ProcessWatch.Open(found.Pid) is not { } watch)
        {
            return false;
        }

        process = watch;
        try
        {
            await WaitUntilItServesAsync(stop);
            SavePid(found);
            log.Info("found containerd running", ("pid", found.Pid), ("version", Version));
            return true;
        }
        catch (RefusedException e)
        {
            log.Warn("containerd is ended and started anew", ("pid", found.Pid), ("reason", e.Message));
            await EndAsync(watch, stop);
            process = null;
            return false;
        }
    }

    private ProcessIdentity? FindRunning()
    {
        if (ProcessIdentity.Load(files.PidFile) is { IsRunning: true } noted && IsOurs(noted.Pid))
        {
            return noted;
        }

        // A crash between its start and the writing of the pid file leaves one that only its arguments tell.
        foreach (int pid in ProcessIdentity.All())
        {
            if (IsOurs(pid) && ProcessIdentity.Of(pid) is { } identity)
            {
                return identity;
            }
        }

        return null;
    }

    private bool IsOurs(int pid) =>
        ProcessIdentity.Arguments(pid) is [_, "--config", var path] && path == files.ConfigPath;

    private void SavePid(ProcessIdentity identity)
    {
        File.WriteAllText(files.PidFile + ".new", identity + "\n");
        File.Move(files.PidFile + ".new", files.PidFile, overwrite: true);
    }

    private async Task EndAsync(ProcessWatch running, CancellationToken stop)
    {
        running.Signal(SigTerm);
        try
        {
            await running.Exited.WaitAsync(ContainerdLimits.StopWait, time, stop);
        }
        catch (TimeoutException)
        {
            log.Warn("containerd ignores SIGTERM and is killed", ("pid", running.Identity.Pid));
            running.Signal(SigKill);
            await running.Exited.WaitAsync(stop);
        }
    }

    private void CheckVersion()
    {
        string digits = Version.TrimStart('v');
        int end = digits.AsSpan().IndexOfAnyExcept("0123456789.");
        string numbers = (end < 0 ? digits : digits[..end]).TrimEnd('.');
        if (!System.Version.TryParse(numbers, out Version? version))
        {
            log.Warn("containerd's version is not understood", ("version", Version));
        }
        else if (version < OldestVersion)
        {
            throw new RefusedException(
                ErrorKind.Unsupported,
                $"containerd at {SocketPath} has version {Version}; {OldestVersion} or newer is needed");
        }
    }

    private static IEnumerable<string> SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(UsualPlaces)
            .Distinct();

    private static string FindProgram(string name, string[] places, string advice)
    {
        IEnumerable<string> candidates =
            name.Contains('/', StringComparison.Ordinal) ? [name] : places.Select(place => Path.Combine(place, name));
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new RefusedException(ErrorKind.Unavailable, $"{name} was not found in PATH: {advice}");
    }

    private static IEnumerable<string> ChildEnvironment(string[] places)
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name != "PATH" && !NotInherited.Contains(name))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{name}={variable.Value}");
            }
        }

        yield return "PATH=" + string.Join(':', places);
    }
}
