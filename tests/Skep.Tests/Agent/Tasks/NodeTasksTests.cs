using Skep.Agent.Networks;
using Skep.Agent.Tasks;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Rpc;

namespace Skep.Tests.Agent.Tasks;

public class NodeTasksTests
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly NetworkAttachmentConfig Web = new() { Target = "web" };
    private readonly List<string> calls = [];

    [Fact]
    public async Task A_container_gets_the_place_that_comes_as_a_task_even_before_the_managers_answer()
    {
        var answer = new TaskCompletionSource<TaskId>();
        SwarmAttachments attachments = New(isOn: false, (_, _, _) => answer.Task);
        NodeTasks tasks = new(null!, attachments);

        Task<NetworkAttachment> place = attachments.AttachAsync(Web, "c", Never);
        tasks.Check(Place());
        await tasks.PrepareAsync(Place(), Never);
        Assert.Null(await tasks.StartAsync(Place(), Never));
        Task<TaskEnd?> end = tasks.WaitAsync(Place(), Never);
        answer.SetResult(new("t"));

        Assert.Equal("10.0.1.3/24", (await place).Addresses[0]);
        Assert.False(end.IsCompleted);
        await attachments.DetachAsync("web", "other", Never);
        Assert.False(end.IsCompleted);
        await attachments.DetachAsync("web", "c", Never);
        Assert.True((await end)!.IsGood);
        Assert.Equal(["detach t"], calls);
    }

    [Fact]
    public async Task A_place_of_a_container_that_has_left_while_nobody_looked_ends_at_once()
    {
        NodeTasks gone = new(null!, New(isOn: false));
        Assert.True((await gone.WaitAsync(Place(), Never))!.IsGood);

        SwarmAttachments attachments = New(isOn: true);
        Task<TaskEnd?> kept = new NodeTasks(null!, attachments).WaitAsync(Place(), Never);
        Assert.False(kept.IsCompleted);
        await attachments.DetachAllAsync("c", Never);
        Assert.True((await kept)!.IsGood);
    }

    [Fact]
    public async Task A_container_is_taken_off_a_network_whose_place_the_managers_take_away()
    {
        SwarmAttachments attachments = New(isOn: true);
        NodeTasks tasks = new(null!, attachments);
        Task<TaskEnd?> end = tasks.WaitAsync(Place(), Never);

        await tasks.StopAsync(Place(), Never);
        await tasks.RemoveAsync(Place(), Never);
        await end;

        Assert.Equal(["disconnect c id-web"], calls);
    }

    [Fact]
    public async Task A_refusal_of_the_managers_is_said_in_Dockers_words()
    {
        SwarmAttachments attachments = New(isOn: false, (_, _, _) => throw new RpcException(
            RpcStatus.PermissionDenied, "network web not manually attachable"));
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(
            () => attachments.AttachAsync(Web, "c", Never));
        Assert.Equal(
            (ErrorKind.Forbidden, "Could not attach to network web: rpc error: code = PermissionDenied desc = "
                + "network web not manually attachable"),
            (refused.Kind, refused.Message));

        attachments.Managers = null;
        refused = await Assert.ThrowsAsync<RefusedException>(() => attachments.AttachAsync(Web, "c", Never));
        Assert.Equal("invalid cluster node while attaching to network", refused.Message);
    }

    private SwarmAttachments New(
        bool isOn, Func<NetworkAttachmentConfig, string, CancellationToken, Task<TaskId>>? attach = null) =>
        new(TimeProvider.System, Log.None)
        {
            Managers = new AttachmentCalls(attach ?? ((_, _, _) => Task.FromResult(new TaskId("t"))), (id, _) =>
            {
                calls.Add($"detach {id}");
                return Task.CompletedTask;
            }),
            IsOn = (_, _) => isOn,
            Disconnect = (container, network, _) =>
            {
                calls.Add($"disconnect {container} {network}");
                return Task.CompletedTask;
            },
        };

    private static SwarmTask Place() => new()
    {
        Id = new("t"),
        Spec = new() { Runtime = new NetworkAttachmentSpec { ContainerId = "c" } },
        Networks =
        [
            new()
            {
                Network = new() { Id = new("id-web"), Spec = new() { Annotations = new() { Name = "web" } } },
                Addresses = ["10.0.1.3/24"],
            },
        ],
    };
}
