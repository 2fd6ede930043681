using Skep.Agent.Cgroups;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Docker.Validation;
using Skep.Linux;
using Skep.Linux.Processes;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

// Signals, pauses and stops. None holds the gate while it waits: the end of the process needs it.
public sealed partial class ContainerEngine
{
    private const int SigKill = 9, SigTerm = 15;

    /// <param name="timeoutSeconds">Grace; null: the container's own, else 10; negative: for ever.</param>
    /// <param name="signal">Null: the container's own, else SIGTERM.</param>
    /// <exception cref="RefusedException">NotModified: it does not run.</exception>
    public async Task StopAsync(string idOrName, int? timeoutSeconds, string? signal, CancellationToken stop)
    {
        Container container = Find(idOrName);
        if (!IsUp(container))
        {
            throw new RefusedException(ErrorKind.NotModified, "container is already stopped");
        }

        await StopOneAsync(container, timeoutSeconds, signal, stop);
        Publish(container, "stop");
    }

    public async Task RestartAsync(string idOrName, int? timeoutSeconds, string? signal, CancellationToken stop)
    {
        Container container = Find(idOrName);
        if (IsUp(container))
        {
            await StopOneAsync(container, timeoutSeconds, signal, stop);
            Publish(container, "stop");
        }

        await StartAsync(container.Id, stop);
        Publish(container, "restart");
    }

    public async Task KillAsync(string idOrName, string? signal, CancellationToken stop)
    {
        Container container = Find(idOrName);
        int number = string.IsNullOrEmpty(signal) ? SigKill : Signals.Parse(signal);
        if (!container.Record.IsAlive)
        {
            throw new RefusedException(
                ErrorKind.Conflict,
                $"container {container.Id} is not running");
        }

        // A signal that is meant to end it is somebody's wish, which a restart policy respects.
        if (number == SigKill || number == StopSignalOf(container.Record))
        {
            await WantStoppedAsync(container, stop);
        }

        await SignalAsync(container, (uint)number, stop);
        Publish(container, "kill", ("signal", number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (number == SigKill)
        {
            await WaitForEndAsync(container, ContainerLimits.KillWait, stop);
        }
    }

    public Task PauseAsync(string idOrName, CancellationToken stop) => ChangePauseAsync(idOrName, isPause: true, stop);

    public Task UnpauseAsync(string idOrName, CancellationToken stop) =>
        ChangePauseAsync(idOrName, isPause: false, stop);

    private static bool IsUp(Container container) =>
        container.Record.IsAlive || container.Record.State.Phase == ContainerPhase.Restarting;

    private async Task ChangePauseAsync(string idOrName, bool isPause, CancellationToken stop)
    {
        Container container = Find(idOrName);
        await WithGateAsync(
            container,
            async () =>
            {
                ContainerPhase phase = container.Record.State.Phase;
                if (!container.Record.IsAlive)
                {
                    throw new RefusedException(ErrorKind.Conflict, $"container {container.Id} is not running");
                }

                if (isPause == (phase == ContainerPhase.Paused))
                {
                    throw new RefusedException(
                        ErrorKind.Conflict,
                        $"Container {container.Id} is {(isPause ? "already" : "not")} paused");
                }

                if (isPause)
                {
                    await Containerd.CallAsync(
                        ContainerdApi.Tasks.Pause, new PauseTaskRequest { ContainerId = container.Id }, stop);
                }
                else
                {
                    await Containerd.CallAsync(
                        ContainerdApi.Tasks.Resume, new ResumeTaskRequest { ContainerId = container.Id }, stop);
                }

                SaveState(container, state => state with
                {
                    Phase = isPause ? ContainerPhase.Paused : ContainerPhase.Running,
                });
                Publish(container, isPause ? "pause" : "unpause");
            },
            stop);
    }

    private async Task StopOneAsync(
        Container container, int? timeoutSeconds, string? signal, CancellationToken stop)
    {
        int number = string.IsNullOrEmpty(signal) ? StopSignalOf(container.Record) : Signals.Parse(signal);
        await WantStoppedAsync(container, stop);
        if (!container.Record.IsAlive)
        {
            return;
        }

        TimeSpan grace = timeoutSeconds is { } seconds
            ? seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds)
            : container.Record.Config.StopTimeout is { } own
                ? own < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(own)
                : ContainerLimits.StopGrace;
        await SignalAsync(container, (uint)number, stop);
        Publish(container, "kill", ("signal", number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (await WaitForEndAsync(container, grace, stop))
        {
            return;
        }

        await SignalAsync(container, SigKill, stop);
        Publish(container, "kill", ("signal", "9"));
        if (!await WaitForEndAsync(container, ContainerLimits.KillWait, stop))
        {
            throw new RefusedException(
                ErrorKind.Failed,
                $"cannot stop container: {container.Record.Name}: "
                + "tried to kill container, but did not receive an exit event");
        }
    }

    /// <summary>Notes the wish, so that no policy starts it again, and ends a restart that waits.</summary>
    private Task WantStoppedAsync(Container container, CancellationToken stop) => WithGateAsync(
        container,
        () =>
        {
            container.PendingRestart?.Cancel();
            SaveState(container, state => state with
            {
                IsStoppedByHand = true,
                Phase = state.Phase == ContainerPhase.Restarting ? ContainerPhase.Exited : state.Phase,
            });
            return Task.CompletedTask;
        },
        stop);

    private async Task SignalAsync(Container container, uint signal, CancellationToken stop)
    {
        if (container.Record.State.Phase == ContainerPhase.Paused)
        {
            // A frozen process takes no signal, not even the last one.
            await UnpauseAsync(container.Id, stop);
        }

        if (!TrySignal(container.Record, signal))
        {
            await KillTaskAsync(container.Id, signal, all: false, stop);
        }
    }

    /// <summary>
    /// Signals the first process as runc would do it. To start runc for that costs more than all else about a stop.
    /// </summary>
    /// <returns>False: it could not be done, so that containerd must be asked.</returns>
    private bool TrySignal(ContainerRecord record, uint signal)
    {
        bool isOnThisKernel = Path.GetFileName(options.RuntimeBinary) is "runc" or "crun";
        if (!isOnThisKernel || record.State.Pid <= 0)
        {
            return false;
        }

        try
        {
            return ProcessHandle.TrySignal(
                record.State.Pid, (int)signal, pid => CgroupPaths.IsOf(pid, record.Id));
        }
        catch (ErrnoException e)
        {
            parts.Log.Debug("a signal is left to containerd", ("container", record.Id), ("reason", e.Message));
            return false;
        }
    }

    private async Task KillTaskAsync(string id, uint signal, bool all, CancellationToken stop)
    {
        try
        {
            await Containerd.CallAsync(
                ContainerdApi.Tasks.Kill, new KillRequest { ContainerId = id, Signal = signal, All = all }, stop);
        }
        catch (RpcException e) when (e.Status == RpcStatus.NotFound)
        {
            // It has just ended by itself.
        }
    }

    private async Task<bool> WaitForEndAsync(Container container, TimeSpan bound, CancellationToken stop)
    {
        Task<ContainerExit> exit = container.NextExit;
        if (!container.Record.IsAlive)
        {
            return true;
        }

        try
        {
            await exit.WaitAsync(bound, parts.Time, stop);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static int StopSignalOf(ContainerRecord record) =>
        string.IsNullOrEmpty(record.Config.StopSignal) ? SigTerm : Signals.Parse(record.Config.StopSignal);
}
