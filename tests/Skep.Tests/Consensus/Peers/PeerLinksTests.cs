using Skep.Manager.Consensus;
using Skep.Raft;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using StoreSnapshot = Skep.Swarm.Store.StoreSnapshot;

namespace Skep.Tests.Consensus.Peers;

public sealed class PeerLinksTests : IAsyncLifetime
{
    private readonly Rpc.TestSwarm identities = new("c");
    private readonly string root = Directory.CreateTempSubdirectory("skep-peers-").FullName;
    private readonly List<WiredManager> managers = [];

    [Fact]
    public async Task Three_managers_join_write_and_fail_over_over_mutual_TLS()
    {
        (WiredManager first, WiredManager second, WiredManager third) = await ThreeAsync();
        await first.Driver.Store.UpdateAsync(
            change => change.Create(TestSwarm.NewSecret("a")), CancellationToken.None).WaitAsync(TestSwarm.Patience);
        StoreSnapshot read = await second.Driver.Store.ReadAsync(CancellationToken.None).WaitAsync(TestSwarm.Patience);
        Assert.NotNull(read.Secrets.Named("a"));

        managers.Remove(first);
        await first.DisposeAsync();
        await Task.WhenAny(
            second.BecomesAsync(now => now.Leadership.IsLeader), third.BecomesAsync(now => now.Leadership.IsLeader));
        WiredManager next = second.Driver.Status.Value.Leadership.IsLeader ? second : third;
        await next.Driver.Store.UpdateAsync(
            change => change.Create(TestSwarm.NewSecret("b")), CancellationToken.None).WaitAsync(TestSwarm.Patience);
        for (int look = 0; look < 3000 && next.Links.IsActive(1); look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        Assert.False(next.Links.IsActive(1));
        Assert.False(next.Driver.Status.Value.HasDocker);
    }

    [Fact]
    public async Task Checklist_32_a_message_in_the_name_of_another_member_is_refused()
    {
        (WiredManager first, WiredManager second, _) = await ThreeAsync();
        using RpcChannel channel = second.ConnectTo(first);
        var forged = new Message
        {
            Kind = MessageKind.Heartbeat, To = 1, From = managers[2].Driver.RaftId, Term = 1_000,
        };
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(
            SwarmKitMethods.Raft.ProcessRaftMessage,
            new ProcessRaftMessageRequest { Message = RaftWire.ToWire(forged) },
            CancellationToken.None));
        Assert.Equal(RpcStatus.PermissionDenied, refused.Status);
        Assert.True(first.Driver.Status.Value.Leadership.Term < 1_000);
    }

    [Fact]
    public async Task A_manager_that_comes_back_at_another_address_is_found_there()
    {
        (WiredManager first, WiredManager second, _) = await ThreeAsync();
        ulong moved = second.Driver.RaftId;
        managers.Remove(second);
        await second.DisposeAsync();
        WiredManager again = await StartAsync("m2");
        again.Resume();
        await first.BecomesAsync(now => now.Members.Members[moved].Address == again.Address);
        await again.BecomesAsync(now => now.Leadership.Leader == first.Driver.RaftId);
        await again.BecomesAsync(now => now.Members.Members[moved].Address == again.Address);
    }

    [Fact]
    public async Task A_manager_that_cannot_be_called_back_does_not_join()
    {
        WiredManager first = await StartAsync("m1");
        first.Found();
        await first.BecomesAsync(now => now.Leadership.IsLeader);
        WiredManager second = await StartAsync("m2");
        using RpcChannel channel = second.ConnectTo(first);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => MembershipClient.JoinAsync(
            channel, "127.0.0.1:1", TimeProvider.System, CancellationToken.None));
        Assert.Contains(
            "could not connect to prospective new cluster member using its advertised address", refused.Detail);
        Assert.Single(first.Driver.Status.Value.Members.Members);
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

    private async Task<(WiredManager First, WiredManager Second, WiredManager Third)> ThreeAsync()
    {
        WiredManager first = await StartAsync("m1");
        first.Found();
        await first.BecomesAsync(now => now.Leadership.IsLeader);
        WiredManager second = await StartAsync("m2");
        await VotesAsync(first, await second.JoinAsync(first.Address));
        WiredManager third = await StartAsync("m3");

        // Asked of a follower, which sends the join on to the leader.
        await VotesAsync(first, await third.JoinAsync(second.Address));
        return (first, second, third);
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
