using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Agent.Containers;

/// <summary>What a waiting client waits for.</summary>
public enum WaitCondition
{
    /// <summary>That it does not run: at once if it does not run now.</summary>
    NotRunning,

    /// <summary>Its next end, also when it has not been started yet.</summary>
    NextExit,
    Removed,
}

public sealed partial class ContainerEngine
{
    /// <param name="onWaiting">Called once the wait is in place: the client may then start the container.</param>
    public async Task<WaitResponse> WaitAsync(
        string idOrName, WaitCondition condition, Func<CancellationToken, Task> onWaiting, CancellationToken stop)
    {
        Container container = Find(idOrName);
        Task<ContainerExit> exit = container.NextExit;
        ContainerExit? last = null;
        Task finished = condition switch
        {
            WaitCondition.Removed => container.Removed.Task,
            WaitCondition.NextExit => exit,
            _ => container.Record.IsAlive ? exit : Task.CompletedTask,
        };
        await onWaiting(stop);
        if (condition == WaitCondition.Removed && await Task.WhenAny(exit, finished).WaitAsync(stop) == exit)
        {
            last = await exit;
        }

        await finished.WaitAsync(stop);
        if (condition != WaitCondition.Removed && exit.IsCompletedSuccessfully && finished == exit)
        {
            last = await exit;
        }

        // A start that failed is told to whoever started it, and is no error of the wait.
        last ??= new ContainerExit(container.Record.State.ExitCode, Now);
        return new WaitResponse { StatusCode = last.ExitCode };
    }

    /// <summary>Reads a client's word; empty: not-running.</summary>
    public static WaitCondition ParseWaitCondition(string? text) => text switch
    {
        null or "" or "not-running" => WaitCondition.NotRunning,
        "next-exit" => WaitCondition.NextExit,
        "removed" => WaitCondition.Removed,
        _ => throw new RefusedException(ErrorKind.Invalid, $"invalid condition: \"{text}\""),
    };
}
