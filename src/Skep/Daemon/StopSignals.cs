using System.Runtime.InteropServices;
using Skep.Linux.Processes;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary>SIGTERM and SIGINT end the daemon in order, a second one at once; SIGHUP asks for a reload.</summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim reloads = new(0);
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Log log;
    private int count;

    public StopSignals(Log log)
    {
        this.log = log;
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop));
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop));
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnReload));
    }

    public CancellationToken Stop => stop.Token;

    /// <summary>Ends the daemon as a signal would.</summary>
    public void RequestStop() => stop.Cancel();

    /// <summary>Waits for the next SIGHUP.</summary>
    public Task NextReloadAsync(CancellationToken cancelled) => reloads.WaitAsync(cancelled);

    public void Dispose()
    {
        registrations.ForEach(registration => registration.Dispose());
        stop.Dispose();
        reloads.Dispose();
    }

    private void OnStop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Interlocked.Increment(ref count) > 1)
        {
            log.Warn("a second signal: ending at once", ("signal", signal.Signal));
            OwnProcess.Exit(1);
        }

        log.Info("ending in order; a second signal ends at once", ("signal", signal.Signal));
        stop.Cancel();
    }

    private void OnReload(PosixSignalContext signal)
    {
        signal.Cancel = true;
        reloads.Release();
    }
}
