using Skep.Agent.Streams;
using Skep.Docker.Engine;

namespace Skep.Agent.Exec;

/// <summary>One more process in a running container, from its request to some time after its end.</summary>
internal sealed class ExecSession(string id, string containerId, ExecConfig config, DateTimeOffset created)
{
    private int begun;

    public string Id => id;

    public string ContainerId => containerId;

    public ExecConfig Config => config;

    public DateTimeOffset Created => created;

    public OutputHub Output { get; } = new();

    public ProcessStreams? Streams { get; set; }

    public int Pid { get; set; }

    public bool IsRunning { get; set; }

    /// <summary>Null: it has not ended.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Ends with the exit code that containerd reports.</summary>
    public TaskCompletionSource<int> Exited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True for the first caller: an exec runs once.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref begun, 1) == 0;

    public bool HasBegun => Volatile.Read(ref begun) == 1;

    public ExecInspect Inspect() => new()
    {
        Id = id,
        ContainerId = containerId,
        Running = IsRunning,
        ExitCode = ExitCode,
        OpenStdin = config.AttachStdin,
        OpenStdout = config.AttachStdout,
        OpenStderr = config.AttachStderr,
        DetachKeys = config.DetachKeys,
        CanRemove = ExitCode is not null,
        Pid = Pid,
        ProcessConfig = new ExecProcess
        {
            Tty = config.Tty,
            Entrypoint = config.Cmd is [var program, ..] ? program : "",
            Arguments = config.Cmd is { Count: > 1 } command ? [.. command.Skip(1)] : [],
            Privileged = config.Privileged,
            User = config.User.Length > 0 ? config.User : null,
        },
    };
}
