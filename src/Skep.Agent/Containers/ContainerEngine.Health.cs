using System.Text;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Exec;
using Skep.Agent.Health;
using Skep.Agent.Streams;
using Skep.Docker.Engine;

namespace Skep.Agent.Containers;

public sealed partial class ContainerEngine
{
    private void StartHealth(Container container)
    {
        ContainerRecord record = container.Record;
        if (HealthPlan.From(record.Config.Healthcheck, record.Config.Shell) is not { } plan)
        {
            return;
        }

        var ended = new CancellationTokenSource();
        var monitor = new HealthMonitor(
            plan,
            (command, stop) => ProbeAsync(container, command, stop),
            () => container.Record.State.Phase == ContainerPhase.Running,
            state => container.LastHealth = state.ToApi(),
            status =>
            {
                Publish(container, "health_status: " + status);
                container.AnnounceHealth();
            },
            parts.Time);
        container.Health = monitor;
        container.LastHealth = monitor.State.ToApi();
        container.EndHealth = ended;
        DateTimeOffset startedAt = record.State.StartedAt ?? Now;
        background.Start($"health of container {record.ShortId}", async stop =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ended.Token);
            try
            {
                await monitor.RunAsync(startedAt, either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // The container has ended.
            }
        });
    }

    private static void StopHealth(Container container)
    {
        container.EndHealth?.Cancel();
        container.EndHealth = null;
        container.Health = null;
    }

    private async Task<(int ExitCode, string Output)> ProbeAsync(
        Container container, IReadOnlyList<string> command, CancellationToken stop)
    {
        var config = new ExecConfig
        {
            Cmd = command,
            AttachStdout = true,
            AttachStderr = true,
        };
        var session = new ExecSession(parts.Ids.NewHex(), container.Id, config, Now);
        var output = new ProbeOutput();
        using OutputHub.Subscriber subscriber = session.Output.Subscribe(output.Take);
        container.Execs[session.Id] = session;
        try
        {
            session.TryBegin();
            await LaunchExecAsync(container, session, consoleSize: null, background.Stop);
            await session.Output.Ended.WaitAsync(stop);
            return (session.ExitCode ?? -1, output.Text);
        }
        catch (OperationCanceledException)
        {
            // It hangs: what is late is killed, so that probes do not pile up.
            await KillExecAsync(container, session);
            throw;
        }
        finally
        {
            container.Execs.TryRemove(session.Id, out _);
        }
    }

    private async Task KillExecAsync(Container container, ExecSession session)
    {
        const uint kill = 9;
        try
        {
            await Containerd.CallAsync(
                ContainerdApi.Tasks.Kill,
                new KillRequest { ContainerId = container.Id, ExecId = session.Id, Signal = kill, All = true },
                background.Stop);
        }
        catch (Skep.Transport.Rpc.RpcException)
        {
            // It has ended after all, or its container has.
        }
    }

    /// <summary>Keeps the first bytes of a probe's output.</summary>
    private sealed class ProbeOutput
    {
        private readonly byte[] kept = new byte[HealthMonitor.OutputBytesMax];
        private readonly Lock gate = new();
        private int count;
        private bool isCut;

        public string Text
        {
            get
            {
                lock (gate)
                {
                    return Encoding.UTF8.GetString(kept, 0, count) + (isCut ? "..." : "");
                }
            }
        }

        public ValueTask Take(StreamKind kind, ReadOnlyMemory<byte> bytes, CancellationToken stop)
        {
            lock (gate)
            {
                int taken = Math.Min(bytes.Length, kept.Length - count);
                bytes.Span[..taken].CopyTo(kept.AsSpan(count));
                count += taken;
                isCut |= taken < bytes.Length;
            }

            return ValueTask.CompletedTask;
        }
    }
}
