using System.Collections.Immutable;
using Skep.Manager.Dispatch;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Dispatch;

public sealed class AssignmentSetTests
{
    private static readonly NodeId Mine = new("n1");

    private ulong revision;
    private StoreSnapshot store = StoreSnapshot.Empty;

    [Fact]
    public void A_node_gets_its_tasks_and_what_they_need_and_nothing_else()
    {
        Add(SecretOf("s1"), SecretOf("s2"), SecretOf("s3"), ConfigOf("c1"), ConfigOf("c2"));
        Add(TaskOf("t1", "n1", TaskState.Assigned, secret: "s1", config: "c1"));
        Add(TaskOf("t2", "n2", TaskState.Running, secret: "s2", config: "c2"));
        Add(TaskOf("t3", "n1", TaskState.Pending, secret: "s3"));
        Assert.Equal(["+secret s1", "+config c1", "+task t1"], Steps(AssignmentSet.Empty));
    }

    [Fact]
    public void Only_what_changed_is_told()
    {
        Add(SecretOf("s1"), TaskOf("t1", "n1", TaskState.Assigned, secret: "s1"));
        AssignmentSet before = Now();
        Add(TaskOf("t2", "n1", TaskState.Assigned, secret: "s1"));
        Assert.Equal(["+task t2"], Steps(before));
        before = Now();
        Assert.Empty(Steps(before));

        Change<SwarmTask>("t2", task => task with { DesiredState = TaskState.Shutdown });
        Assert.Equal(["+task t2"], Steps(before));
    }

    [Fact]
    public void What_a_node_reports_is_not_told_back_to_it()
    {
        Add(TaskOf("t1", "n1", TaskState.Assigned));
        AssignmentSet before = Now();
        Change<SwarmTask>("t1", task => task with { Status = task.Status with { State = TaskState.Running } });
        Assert.Empty(Steps(before));
    }

    [Fact]
    public void A_secret_goes_when_its_last_task_has_ended()
    {
        Add(SecretOf("s1"), TaskOf("t1", "n1", TaskState.Running, "s1"), TaskOf("t2", "n1", TaskState.Running, "s1"));
        AssignmentSet before = Now();
        Change<SwarmTask>("t1", task => task with { Status = task.Status with { State = TaskState.Failed } });
        Assert.Empty(Steps(before));
        before = Now();
        Remove("t2");
        Assert.Equal(["-task t2", "-secret s1"], Steps(before));
    }

    [Fact]
    public void A_secret_that_a_plugin_keeps_is_not_sent()
    {
        var kept = SecretOf("s1");
        Add(kept with { Spec = kept.Spec with { Driver = new Driver { Name = "vault" } } });
        Add(TaskOf("t1", "n1", TaskState.Assigned, "s1"));
        Assert.Equal(["+task t1"], Steps(AssignmentSet.Empty));
    }

    [Fact]
    public void A_volume_comes_when_it_is_published_on_the_node_and_goes_when_it_is_not()
    {
        Add(SecretOf("s1"), new Volume
        {
            Id = new("v1"),
            Spec = VolumeSpec.Empty with
            {
                Annotations = Annotations.Empty with { Name = "v1" },
                Secrets = [new VolumeSecret { Key = "k", Secret = "s1" }],
            },
            PublishStatus = [new VolumePublishStatus { NodeId = Mine, State = VolumePublishState.PendingPublish }],
        });
        Assert.Empty(Steps(AssignmentSet.Empty));
        Publish(VolumePublishState.Published);
        Assert.Equal(["+secret s1", "+volume v1"], Steps(AssignmentSet.Empty));
        AssignmentSet before = Now();
        Publish(VolumePublishState.PendingNodeUnpublish);
        Assert.Equal(["-volume v1"], Steps(before));
        before = Now();
        Publish(VolumePublishState.PendingUnpublish);
        Assert.Equal(["-secret s1"], Steps(before));

        void Publish(VolumePublishState state) => Change<Volume>("v1", volume => volume with
        {
            PublishStatus = [new VolumePublishStatus { NodeId = Mine, State = state }],
        });
    }

    private static Secret SecretOf(string id) => new()
    {
        Id = new(id), Spec = SecretSpec.Empty with { Annotations = Annotations.Empty with { Name = id } },
    };

    private static Config ConfigOf(string id) => new()
    {
        Id = new(id), Spec = ConfigSpec.Empty with { Annotations = Annotations.Empty with { Name = id } },
    };

    private static SwarmTask TaskOf(
        string id, string node, TaskState state, string? secret = null, string? config = null) => new()
    {
        Id = new(id),
        NodeId = new(node),
        Status = SwarmTaskStatus.Empty with { State = state },
        Spec = TaskSpec.Empty with
        {
            Runtime = new ContainerSpec
            {
                Secrets = secret is null ? [] : [new SecretReference { SecretId = new(secret) }],
                Configs = config is null ? [] : [new ConfigReference { ConfigId = new(config) }],
            },
        },
    };

    private AssignmentSet Now() => AssignmentSet.Of(store, Mine);

    private string[] Steps(AssignmentSet before) =>
    [
        .. Now().Since(before).Select(step => (step.IsRemoval ? "-" : "+") + (step switch
        {
            { Volume: { } volume } => $"volume {volume.Id}",
            { Object: { } item } => $"{item.Kind.ToString().ToLowerInvariant()} {item.RawId}",
            _ => "nothing",
        })),
    ];

    private void Add(params StoreObject[] objects) =>
        Apply([.. objects.Select(item => new StoreAction(StoreActionKind.Create, item))]);

    private void Remove(string task) =>
        Apply([new StoreAction(StoreActionKind.Remove, new SwarmTask { Id = new(task) })]);

    private void Change<T>(string id, Func<T, T> change)
        where T : StoreObject
    {
        T before = (T)store.AllObjects().Single(item => item is T && item.RawId == id);
        Apply([new StoreAction(StoreActionKind.Update, change(before))]);
    }

    private void Apply(ImmutableArray<StoreAction> actions)
    {
        AppliedActions applied = store.Apply(actions, ++revision);
        Assert.Null(applied.Refusal);
        store = applied.After;
    }
}
