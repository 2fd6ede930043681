using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;

namespace Skep.Agent.Tasks;

/// <summary>How a task's container ended.</summary>
/// <param name="Cause">Why, as far as it is known; "": its exit code says all.</param>
public sealed record TaskEnd(int ExitCode, string Cause)
{
    public bool IsGood => ExitCode == 0 && Cause.Length == 0;

    /// <summary>In Docker's words.</summary>
    public string Words => (ExitCode, Cause) switch
    {
        (0, _) => $"task: {Cause}",
        (_, "") => $"task: non-zero exit ({ExitCode})",
        _ => $"task: non-zero exit ({ExitCode}): {Cause}",
    };
}

/// <summary>What the manager is told of a task's container.</summary>
public sealed record TaskFacts(ContainerStatus Container, PortStatus? Ports);

/// <summary>What carries tasks out: containers, or what tests put in their place.</summary>
/// <remarks>
/// Every step may come again for what is done already, as after a restart of the daemon, and does then nothing. What
/// fails for good is a <see cref="Skep.Swarm.RefusedException"/>; its message is shown to users.
/// </remarks>
public interface ITaskRuntime
{
    /// <summary>Refuses what this node cannot run, before anything is made.</summary>
    void Check(SwarmTask task);

    /// <summary>Fetches the image and makes the container.</summary>
    Task PrepareAsync(SwarmTask task, CancellationToken stop);

    /// <summary>Starts the container and waits until it is well.</summary>
    /// <returns>Null: it runs. Otherwise how it ended before it was well.</returns>
    Task<TaskEnd?> StartAsync(SwarmTask task, CancellationToken stop);

    /// <summary>Waits for the container's end.</summary>
    /// <returns>Null: it runs, and is ill.</returns>
    Task<TaskEnd?> WaitAsync(SwarmTask task, CancellationToken stop);

    /// <summary>Stops a container that is ill, as <see cref="StopAsync"/> does.</summary>
    Task<TaskEnd> EndIllAsync(SwarmTask task, CancellationToken stop);

    /// <summary>Stops the container, with the task's grace.</summary>
    Task StopAsync(SwarmTask task, CancellationToken stop);

    /// <summary>Removes the container and all that was made for it.</summary>
    Task RemoveAsync(SwarmTask task, CancellationToken stop);

    /// <returns>Null: there is no container.</returns>
    TaskFacts? FactsOf(SwarmTask task);

    /// <summary>What the container has written; followed, from its start to its end.</summary>
    IAsyncEnumerable<SwarmLogLine> ReadLogAsync(SwarmTask task, LogQuery query, CancellationToken stop);

    /// <summary>Removes containers of tasks that nobody knows.</summary>
    /// <param name="isKnown">By the task's id.</param>
    Task RemoveUnknownAsync(Func<string, bool> isKnown, CancellationToken stop);
}
