using Skep.Docker.Engine;
using Skep.Engine.Endpoints;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.SwarmMode;
using Skep.Tests.Control;

namespace Skep.Tests.Engine;

public class FirstSettingsTests
{
    private static readonly SwarmSpec wish = new() { Orchestration = new() { TaskHistoryRetentionLimit = 3 } };

    private readonly ScriptedControl control = new();

    [Fact]
    public async Task What_was_asked_for_is_applied_though_the_leader_changes_the_swarm_meanwhile()
    {
        control.Answers.Enqueue(Read(version: 4));
        control.Answers.Enqueue(SwarmRefusal.Of(SwarmCode.Unknown, SwarmRefusal.OutOfSequence));
        control.Answers.Enqueue(Read(version: 6));
        control.Answers.Enqueue(Of(version: 7));
        await FirstSettings.ApplyAsync(control, wish, CancellationToken.None);
        Assert.Equal(
            [new ObjectVersion(4), new ObjectVersion(6)],
            control.Asked.Where(static one => one[0] is "UpdateClusterAsync").Select(static one => one[2]));
        Assert.Equal(3, ((ClusterSpec)control.Asked[^1][3]).Orchestration.TaskHistoryRetentionLimit);
    }

    [Fact]
    public async Task It_is_not_tried_for_ever()
    {
        for (int tries = 0; tries < SwarmLimits.FirstChanges; tries++)
        {
            control.Answers.Enqueue(Read(version: 4));
            control.Answers.Enqueue(SwarmRefusal.Of(SwarmCode.Unknown, SwarmRefusal.OutOfSequence));
        }

        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(
            () => FirstSettings.ApplyAsync(control, wish, CancellationToken.None));
        Assert.Contains(SwarmRefusal.OutOfSequence, refused.Message, StringComparison.Ordinal);
        Assert.Equal(2 * SwarmLimits.FirstChanges, control.Asked.Count);
    }

    [Fact]
    public async Task Another_refusal_is_told_at_once()
    {
        control.Answers.Enqueue(Read(version: 4));
        control.Answers.Enqueue(SwarmRefusal.Of(SwarmCode.InvalidArgument, "no"));
        await Assert.ThrowsAsync<RefusedException>(
            () => FirstSettings.ApplyAsync(control, wish, CancellationToken.None));
        Assert.Equal(2, control.Asked.Count);
    }

    private static Cluster Of(ulong version) => new()
    {
        Id = new ClusterId("c"),
        Meta = new Meta { Version = new ObjectVersion(version) },
    };

    private static IReadOnlyList<Cluster> Read(ulong version) => [Of(version)];
}
