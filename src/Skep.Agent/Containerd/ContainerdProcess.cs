using Skep.Linux.Processes;
using Skep.Swarm;
using Skep.Transport.Rpc;
using EmptyMessage = Google.Protobuf.WellKnownTypes.Empty;

namespace Skep.Agent.Containerd;

/// <summary>Sees to it that a containerd runs: a private one that it starts and finds again, or a given one.</summary>
/// <remarks>
/// A private containerd leads a session of its own and outlives this daemon, so that a restart, a crash or an upgrade
/// touches no container; the next start finds it again by its pid file or its command line. Only
/// <see cref="StopAsync"/> ends it. One owner: the methods are not called at the same time, except that
/// <see cref="StopAsync"/> follows the end of <see cref="RunAsync"/>.
/// </remarks>
public sealed partial class ContainerdProcess : IDisposable
{
    private readonly ContainerdFiles files;
    private readonly ContainerdOptions options;
    private readonly TimeProvider time;
    private readonly Log log;
    private readonly ContainerdClient probe;
    private ProcessWatch? process;

    private ContainerdProcess(Instance instance, ContainerdOptions options, TimeProvider time, Log log)
    {
        files = new ContainerdFiles(instance);
        this.options = options;
        this.time = time;
        this.log = log;
        SocketPath = options.Address ?? files.Socket;
        probe = new ContainerdClient(SocketPath, instance.Name);
    }

    /// <summary>Raised when it serves again after it was away. What was asked of the old one is lost.</summary>
    public event Action? Returned;

    /// <summary>Where it serves; the same after every restart.</summary>
    public string SocketPath { get; }

    /// <summary>containerd's version, as it says it.</summary>
    public string Version { get; private set; } = "";

    /// <summary>containerd's commit, as it says it.</summary>
    public string Revision { get; private set; } = "";

    /// <summary>Process id of a private containerd; null when it is away, or somebody else's.</summary>
    public int? Pid => process is { Exited.IsCompleted: false } running ? running.Identity.Pid : null;

    /// <summary>Finds or starts containerd, and waits until it serves.</summary>
    /// <exception cref="RefusedException">It is missing, too old, or does not come up.</exception>
    public static async Task<ContainerdProcess> StartAsync(
        Instance instance, ContainerdOptions options, TimeProvider time, Log log, CancellationToken stop)
    {
        var containerd = new ContainerdProcess(instance, options, time, log);
        try
        {
            if (options.Address is null)
            {
                containerd.files.CheckSocketPath();
                containerd.files.CreateDirectories();
                if (!await containerd.AdoptAsync(stop))
                {
                    containerd.Launch();
                }
            }

            await containerd.WaitUntilItServesAsync(stop);
            containerd.CheckVersion();
            return containerd;
        }
        catch
        {
            containerd.Dispose();
            throw;
        }
    }

    /// <summary>Keeps it running until it is told to stop, which leaves containerd as it is.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan backOff = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            long since = time.GetTimestamp();
            await WatchAsync(stop);
            backOff = time.GetElapsedTime(since) > ContainerdLimits.WellAfter ? TimeSpan.Zero : NextBackOff(backOff);
            if (options.Address is null)
            {
                await Task.Delay(backOff, time, stop);
            }

            try
            {
                if (options.Address is null)
                {
                    Launch();
                }

                await WaitUntilItServesAsync(stop);
            }
            catch (Exception e) when (e is RefusedException or IOException)
            {
                log.Error("containerd does not come back", ("reason", e.Message));
                continue;
            }

            log.Info("containerd is back", ("pid", Pid), ("version", Version));
            Returned?.Invoke();
        }
    }

    /// <summary>Ends a private containerd: SIGTERM, and SIGKILL when it takes long. Its containers go on.</summary>
    public async Task StopAsync(CancellationToken stop)
    {
        if (options.Address is null && process is { } running)
        {
            await EndAsync(running, stop);
            File.Delete(files.PidFile);
        }
    }

    /// <summary>Lets go of containerd, which goes on.</summary>
    public void Dispose() => probe.Dispose();

    private static TimeSpan NextBackOff(TimeSpan last) =>
        last == TimeSpan.Zero ? ContainerdLimits.FirstBackOff
        : last * 2 < ContainerdLimits.LongestBackOff ? last * 2
        : ContainerdLimits.LongestBackOff;

    // Returns when containerd has died, or is taken for hung and was killed, or (a given one) does not answer.
    private async Task WatchAsync(CancellationToken stop)
    {
        int failureCount = 0;
        Task<int?>? exited = process?.Exited;
        while (true)
        {
            Task tick = Task.Delay(ContainerdLimits.HealthInterval, time, stop);
            if (exited is not null && await Task.WhenAny(exited, tick) == exited)
            {
                log.Error(
                    "containerd has ended and is started again", ("exitCode", await exited), ("log", files.LogPath));
                return;
            }

            await tick;
            if (options.Address is null)
            {
                files.BoundLog();
            }

            failureCount = await ServesAsync(ContainerdLimits.HealthInterval, stop) ? 0 : failureCount + 1;
            int enough = options.Address is null ? ContainerdLimits.HealthFailureCount : 1;
            if (failureCount >= enough)
            {
                log.Error("containerd does not answer", ("socket", SocketPath), ("checks", failureCount));
                if (process is { } hung)
                {
                    hung.Signal(SigKill);
                    await hung.Exited.WaitAsync(stop);
                }

                return;
            }
        }
    }

    private async Task WaitUntilItServesAsync(CancellationToken stop)
    {
        long since = time.GetTimestamp();
        while (!await ServesAsync(ContainerdLimits.StartWait, stop))
        {
            if (process is { Exited.IsCompleted: true } ended)
            {
                throw new RefusedException(
                    ErrorKind.Unavailable,
                    $"containerd ended with exit code {await ended.Exited} before it served: see {files.LogPath}");
            }

            if (time.GetElapsedTime(since) > ContainerdLimits.StartWait)
            {
                throw new RefusedException(
                    ErrorKind.Unavailable,
                    $"containerd does not answer at {SocketPath} after {ContainerdLimits.StartWait.TotalSeconds} s"
                    + (options.Address is null ? $": see {files.LogPath}" : ""));
            }

            await Task.Delay(ContainerdLimits.StartPoll, time, stop);
        }
    }

    private async Task<bool> ServesAsync(TimeSpan patience, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        try
        {
            var answer = await probe.CallAsync(ContainerdApi.Version.Get, new EmptyMessage(), either.Token);
            Version = answer.Version;
            Revision = answer.Revision;
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
