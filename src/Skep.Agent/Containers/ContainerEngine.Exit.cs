using System.Globalization;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Streams;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containers;

// The end of a process, heard from containerd or found out after containerd was away.
public sealed partial class ContainerEngine
{
    private async Task ListenAsync(CancellationToken stop)
    {
        var wanted = new SubscribeRequest();
        wanted.Filters.Add($"namespace=={Containerd.Namespace},topic~=\"^/tasks/(exit|oom)\"");
        while (true)
        {
            try
            {
                await foreach (Envelope envelope in
                    Containerd.ReadStreamAsync(ContainerdApi.Events.Subscribe, wanted, stop))
                {
                    Hear(envelope);
                }
            }
            catch (RpcException e)
            {
                stop.ThrowIfCancellationRequested();
                parts.Log.Debug("containerd's events have ended", ("reason", e.Message));
            }

            await Task.Delay(ContainerLimits.ListenRetry, parts.Time, stop);
        }
    }

    // Events are lost while nobody listens, and containerd drops those of a slow listener: what ended unheard is
    // found by looking.
    private async Task WatchAsync(CancellationToken stop)
    {
        bool wasAway = false;
        DateTimeOffset sweepAt = Now;
        TimeSpan sweepPause = ContainerLimits.LookAgain;
        while (true)
        {
            try
            {
                await WriteLateAsync(stop);
                await LookAgainAsync(stop);
                if (Now >= sweepAt)
                {
                    // Often after a start, when leftovers of a crash turn up; then as a net.
                    await SweepAsync(stop);
                    sweepPause = sweepPause < ContainerLimits.SweepPauseMax ? sweepPause * 2 : sweepPause;
                    sweepAt = Now + sweepPause;
                }

                if (wasAway)
                {
                    parts.Log.Info("containerd is back");
                }

                wasAway = false;
            }
            catch (RpcException e)
            {
                stop.ThrowIfCancellationRequested();
                if (!wasAway)
                {
                    parts.Log.Warn("containerd is away", ("reason", e.Message));
                }

                wasAway = true;
            }

            TimeSpan pause = wasAway ? ContainerLimits.ListenRetry : ContainerLimits.LookAgain;
            await Task.Delay(pause, parts.Time, stop);
        }
    }

    private async Task WriteLateAsync(CancellationToken stop)
    {
        foreach (Container container in containers.Values.Where(one => one.IsUnsaved))
        {
            await WithGateAsync(
                container,
                () =>
                {
                    if (!container.Removed.Task.IsCompleted)
                    {
                        Note(container, container.Record);
                    }

                    return Task.CompletedTask;
                },
                stop);
        }
    }

    private void Hear(Envelope envelope)
    {
        if (envelope.Topic == "/tasks/oom")
        {
            string oomId = TaskOom.Parser.ParseFrom(envelope.Event.Value).ContainerId;
            if (containers.TryGetValue(oomId, out Container? starved))
            {
                starved.SawOom = true;
                Publish(starved, "oom");
            }

            return;
        }

        TaskExit exit = TaskExit.Parser.ParseFrom(envelope.Event.Value);
        if (!containers.TryGetValue(exit.ContainerId, out Container? container))
        {
            return;
        }

        if (exit.Id.Length > 0 && exit.Id != exit.ContainerId)
        {
            if (container.Execs.TryGetValue(exit.Id, out Exec.ExecSession? session))
            {
                session.Exited.TrySetResult((int)exit.ExitStatus);
            }

            return;
        }

        background.Start(
            $"end of container {container.Record.ShortId}",
            stop => EndAsync(container, exit.Pid, (int)exit.ExitStatus, exit.ExitedAt?.ToDateTimeOffset(), stop));
    }

    private Task EndAsync(
        Container container, uint pid, int exitCode, DateTimeOffset? at, CancellationToken stop) =>
        WithGateAsync(
            container,
            async () =>
            {
                // A late word about an earlier run must not end the present one.
                if (container.Record.IsAlive && (pid == 0 || container.Record.State.Pid == (int)pid))
                {
                    await EndAsync_NeedsGate(container, exitCode, at ?? Now, stop);
                }
            },
            stop);

    private async Task EndAsync_NeedsGate(
        Container container, int exitCode, DateTimeOffset at, CancellationToken stop)
    {
        container.SawOom |= SawOomKill(container.Record);
        StopHealth(container);
        foreach (Exec.ExecSession session in container.Execs.Values)
        {
            session.Exited.TrySetResult(137);
        }

        if (container.Streams is { } streams)
        {
            await streams.DrainAsync(StreamLimits.DrainBound, parts.Time);
        }

        await ClearRunAsync(container, StreamLimits.DrainBound, stop);
        container.HasLeftovers_NeedsGate = false;
        RunState ended = container.Record.State with
        {
            Phase = ContainerPhase.Exited,
            Pid = 0,
            ExitCode = exitCode,
            FinishedAt = at,
            OomKilled = container.SawOom,
        };
        TimeSpan ranFor = at - (ended.StartedAt ?? at);
        TimeSpan? delay = Restarts.Decide(
            container.Record.HostConfig.RestartPolicy, ended, ranFor, container.RestartDelay);
        Note(container, container.Record with
        {
            State = delay is null ? ended : ended with { Phase = ContainerPhase.Restarting },
        });
        container.Run = new ContainerRun();
        Publish(
            container,
            "die",
            ("exitCode", exitCode.ToString(CultureInfo.InvariantCulture)),
            ("execDuration", ((long)ranFor.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        container.AnnounceExit(new ContainerExit(exitCode, at));
        if (delay is { } wait)
        {
            ScheduleRestart(container, wait);
        }
        else if (container.Record.HostConfig.AutoRemove)
        {
            RemoveInBackground(container);
        }
    }

    private void ScheduleRestart(Container container, TimeSpan delay)
    {
        var cancelled = new CancellationTokenSource();
        container.PendingRestart = cancelled;
        container.RestartDelay = delay;
        background.Start($"restart of container {container.Record.ShortId}", async stop =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cancelled.Token);
            try
            {
                await Task.Delay(delay, parts.Time, either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return;
            }

            await WithGateAsync(container, () => RestartAsync_NeedsGate(container, cancelled, stop), stop);
        });
    }

    private async Task RestartAsync_NeedsGate(
        Container container, CancellationTokenSource cancelled, CancellationToken stop)
    {
        if (cancelled.IsCancellationRequested || container.Record.State.Phase != ContainerPhase.Restarting)
        {
            return;
        }

        container.PendingRestart = null;
        SetState(container, state => state with { RestartCount = state.RestartCount + 1 });
        try
        {
            await StartProcessAsync_NeedsGate(container, stop);
        }
        catch (Skep.Swarm.RefusedException e)
        {
            parts.Log.Warn("a restart failed", ("container", container.Id), ("reason", e.Message));
            TimeSpan? next = Restarts.Decide(
                container.Record.HostConfig.RestartPolicy,
                container.Record.State, TimeSpan.Zero, container.RestartDelay);
            if (next is { } wait)
            {
                SaveState(container, state => state with { Phase = ContainerPhase.Restarting });
                ScheduleRestart(container, wait);
            }
        }
    }

    // In memory only: what the next Save writes, and worth nothing without it.
    private static void SetState(Container container, Func<RunState, RunState> change) =>
        container.Record = container.Record with { State = change(container.Record.State) };
}
