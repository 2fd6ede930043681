using Skep.Agent.Tasks;
using Skep.Swarm.Objects;
using static Skep.Swarm.Objects.TaskState;

namespace Skep.Tests.Agent.Tasks;

public class TaskStepsTests
{
    [Theory]
    [InlineData(Assigned, Running, nameof(TaskAction.Accept))]
    [InlineData(Accepted, Running, nameof(TaskAction.BeginPreparing))]
    [InlineData(Preparing, Running, nameof(TaskAction.Prepare))]
    [InlineData(Ready, Running, nameof(TaskAction.BeginStarting))]
    [InlineData(Starting, Running, nameof(TaskAction.Start))]
    [InlineData(Running, Running, nameof(TaskAction.Wait))]
    [InlineData(Complete, Running, nameof(TaskAction.Rest))]
    [InlineData(Failed, Running, nameof(TaskAction.Rest))]
    [InlineData(Rejected, Running, nameof(TaskAction.Rest))]
    [InlineData(Running, Complete, nameof(TaskAction.Wait))]
    public void A_task_goes_forward_to_what_is_wanted(TaskState state, TaskState desired, string action) =>
        Assert.Equal(action, TaskSteps.Next(state, desired).ToString());

    [Theory]
    [InlineData(Preparing, nameof(TaskAction.Prepare))]
    [InlineData(Ready, nameof(TaskAction.Rest))]
    [InlineData(Running, nameof(TaskAction.Rest))]
    public void A_task_that_shall_only_be_ready_waits_there(TaskState state, string action) =>
        Assert.Equal(action, TaskSteps.Next(state, Ready).ToString());

    [Theory]
    [InlineData(Shutdown)]
    [InlineData(Remove)]
    public void A_task_that_shall_end_is_shut_down_once(TaskState desired)
    {
        Assert.Equal(TaskAction.Shutdown, TaskSteps.Next(Assigned, desired));
        Assert.Equal(TaskAction.Shutdown, TaskSteps.Next(Preparing, desired));
        Assert.Equal(TaskAction.Shutdown, TaskSteps.Next(Running, desired));
        Assert.Equal(TaskAction.Rest, TaskSteps.Next(Complete, desired));
        Assert.Equal(TaskAction.Rest, TaskSteps.Next(Shutdown, desired));
        Assert.Equal(TaskAction.Rest, TaskSteps.Next(Failed, desired));
    }

    [Fact]
    public void What_fails_before_the_start_was_never_taken()
    {
        Assert.Equal(Rejected, TaskSteps.Failed(Preparing));
        Assert.Equal(Failed, TaskSteps.Failed(Starting));
        Assert.Equal(Failed, TaskSteps.Failed(Running));
    }

    [Theory]
    [InlineData(3, "", "task: non-zero exit (3)")]
    [InlineData(137, "dockerexec: unhealthy container", "task: non-zero exit (137): dockerexec: unhealthy container")]
    [InlineData(0, "dockerexec: unhealthy container", "task: dockerexec: unhealthy container")]
    public void An_end_is_told_in_docker_s_words(int exitCode, string cause, string words) =>
        Assert.Equal(words, new TaskEnd(exitCode, cause).Words);
}
