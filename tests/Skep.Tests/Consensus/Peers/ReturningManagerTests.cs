using Skep.Manager.Consensus;

namespace Skep.Tests.Consensus.Peers;

/// <summary>Managers that come back with less than they had, over mutual TLS.</summary>
public sealed class ReturningManagerTests : IAsyncLifetime
{
    private readonly Rpc.TestSwarm identities = new("c");
    private readonly string root = Directory.CreateTempSubdirectory("skep-return-").FullName;
    private readonly List<WiredManager> managers = [];

    [Fact]
    public async Task D11_a_manager_that_lost_its_log_comes_back_as_another_member()
    {
        (WiredManager first, ulong old) = await TwoAndOneMoreAsync();
        managers.Remove(managers[1]);
        Directory.Delete(Path.Combine(root, "m2"), recursive: true);

        WiredManager again = await StartAsync("m2");
        ulong now = await again.JoinAsync(first.Address);

        Assert.NotEqual(old, now);
        await VotesAsync(first, now);
        MemberList members = first.Driver.Status.Value.Members;
        Assert.Contains(old, members.Removed);
        Assert.DoesNotContain(old, members.Configuration.Voters);
        Assert.Equal(now, members.Members.Values.Single(member => member.Node.Value == "m2").RaftId);
        Assert.Equal(3, members.Members.Count);
    }

    [Fact]
    public async Task A_joiner_that_stopped_before_its_log_told_of_any_member_is_told_again()
    {
        WiredManager first = await FoundAsync();
        WiredManager cutOff = await StartAsync("m2");
        JoinAnswer answer = await cutOff.AskToJoinAsync(first.Address);
        managers.Remove(cutOff);
        await cutOff.DisposeAsync();

        WiredManager again = await StartAsync("m2");
        again.Resume(first.Address);

        await VotesAsync(first, answer.RaftId);
        await again.BecomesAsync(now => now.Leadership.Leader == first.Driver.RaftId);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (WiredManager manager in managers)
        {
            await manager.DisposeAsync();
        }

        Directory.Delete(root, recursive: true);
    }

    /// <summary>Three managers; the second, whose raft id is returned, has stopped.</summary>
    private async Task<(WiredManager First, ulong Stopped)> TwoAndOneMoreAsync()
    {
        WiredManager first = await FoundAsync();
        WiredManager second = await StartAsync("m2");
        ulong id = await second.JoinAsync(first.Address);
        await VotesAsync(first, id);
        WiredManager third = await StartAsync("m3");
        await VotesAsync(first, await third.JoinAsync(first.Address));
        await second.DisposeAsync();
        return (first, id);
    }

    private async Task<WiredManager> FoundAsync()
    {
        WiredManager first = await StartAsync("m1");
        first.Found();
        await first.BecomesAsync(static now => now.Leadership.IsLeader);
        return first;
    }

    private static Task VotesAsync(WiredManager leader, ulong raftId) =>
        leader.BecomesAsync(now => now.Members.Configuration.Voters.Contains(raftId));

    private async Task<WiredManager> StartAsync(string node)
    {
        WiredManager manager = await WiredManager.ListenAsync(identities.Manager(node), Path.Combine(root, node));
        managers.Add(manager);
        return manager;
    }
}
