using System.Collections.Concurrent;
using Skep.Agent.Exec;
using Skep.Agent.Health;
using Skep.Agent.Logs;
using Skep.Agent.Streams;

namespace Skep.Agent.Containers;

/// <summary>A container while this daemon runs: its record and everything that is open for it.</summary>
/// <remarks>
/// <see cref="Gate"/> is held by whoever changes its life (start, stop, remove …); reading <see cref="Record"/>
/// needs no
/// lock. What is named "…_NeedsGate" is changed under the gate only.
/// </remarks>
internal sealed class Container(ContainerRecord record)
{
    private volatile ContainerRecord current = record;
    private TaskCompletionSource<ContainerExit> exit = NewExit();
    private TaskCompletionSource healthTurn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One change of its life at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    public ContainerRecord Record
    {
        get => current;
        set => current = value;
    }

    public string Id => current.Id;

    /// <summary>Its pipes; null: it does not run.</summary>
    public ProcessStreams? Streams { get; set; }

    /// <summary>
    /// The run that is under way, or the next one: who attaches before the start hears from the first byte.
    /// </summary>
    public ContainerRun Run { get; set; } = new();

    /// <summary>Null: it does not run, or its log driver is "none".</summary>
    public JsonFileLog? Log { get; set; }

    /// <summary>Null: it does not run, or has no healthcheck.</summary>
    public HealthMonitor? Health { get; set; }

    /// <summary>Ends the monitor with the run.</summary>
    public CancellationTokenSource? EndHealth { get; set; }

    /// <summary>The last run's health, for inspect after the end.</summary>
    public Docker.Engine.Health? LastHealth { get; set; }

    public ConcurrentDictionary<string, ExecSession> Execs { get; } = new();

    /// <summary>The delay before the run that is under way; null: it was started by hand.</summary>
    public TimeSpan? RestartDelay { get; set; }

    /// <summary>Ends a waiting restart.</summary>
    public CancellationTokenSource? PendingRestart { get; set; }

    /// <summary>The disk was full: the record on it is older than this one.</summary>
    public bool IsUnsaved { get; set; }

    /// <summary>
    /// A run may have left something. Not if it has ended well under this daemon; after a failed start containerd may
    /// still finish what it was asked for.
    /// </summary>
    public bool HasLeftovers_NeedsGate { get; set; } = true;

    /// <summary>Set when the kernel reported an out-of-memory kill of this run.</summary>
    public bool SawOom { get; set; }

    /// <summary>Ends with the next end of its process.</summary>
    public Task<ContainerExit> NextExit => Volatile.Read(ref exit).Task;

    /// <summary>Ends with the next change of its health.</summary>
    public Task NextHealthTurn => Volatile.Read(ref healthTurn).Task;

    /// <summary>Ends when it was removed.</summary>
    public TaskCompletionSource Removed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void AnnounceExit(ContainerExit how) => Interlocked.Exchange(ref exit, NewExit()).TrySetResult(how);

    public void AnnounceHealth() => Interlocked.Exchange(
        ref healthTurn, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>What events and messages say of it, in Docker's words.</summary>
    public Dictionary<string, string> EventAttributes()
    {
        var attributes = new Dictionary<string, string>(Record.Config.Labels ?? new Dictionary<string, string>())
        {
            ["image"] = Record.Config.Image,
            ["name"] = Record.Name,
        };
        return attributes;
    }

    private static TaskCompletionSource<ContainerExit> NewExit() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>One run of a container, from before its start.</summary>
internal sealed class ContainerRun
{
    public OutputHub Output { get; } = new();

    /// <summary>Ends when the process has its pipes, so that it can be typed to.</summary>
    public TaskCompletionSource<ProcessStreams> Started { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>How a process ended.</summary>
public sealed record ContainerExit(int ExitCode, DateTimeOffset At, string Error = "");
