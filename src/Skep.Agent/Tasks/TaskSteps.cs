using Skep.Swarm.Objects;

namespace Skep.Agent.Tasks;

/// <summary>What a node does next for a task.</summary>
internal enum TaskAction
{
    /// <summary>Nothing until something else is wanted.</summary>
    Rest,
    Accept,
    BeginPreparing,
    Prepare,
    BeginStarting,
    Start,
    Wait,
    Shutdown,
}

/// <summary>SwarmKit's way of a task through its states, one step at a time. Pure.</summary>
internal static class TaskSteps
{
    /// <param name="state">How far the task has come.</param>
    /// <param name="desired">How far it shall come.</param>
    public static TaskAction Next(TaskState state, TaskState desired)
    {
        if (desired >= TaskState.Shutdown)
        {
            return state >= TaskState.Complete ? TaskAction.Rest : TaskAction.Shutdown;
        }

        if (state > desired)
        {
            return TaskAction.Rest;
        }

        return state switch
        {
            // What was begun is ended, also when no more than this state is wanted.
            TaskState.Preparing => TaskAction.Prepare,
            TaskState.Starting => TaskAction.Start,
            TaskState.Running => TaskAction.Wait,
            _ when state >= desired => TaskAction.Rest,
            TaskState.New or TaskState.Pending or TaskState.Assigned => TaskAction.Accept,
            TaskState.Accepted => TaskAction.BeginPreparing,
            TaskState.Ready => TaskAction.BeginStarting,
            _ => TaskAction.Rest,
        };
    }

    /// <summary>What becomes of a task when a step fails for good: before its start it was never taken.</summary>
    public static TaskState Failed(TaskState state) =>
        state < TaskState.Starting ? TaskState.Rejected : TaskState.Failed;
}
