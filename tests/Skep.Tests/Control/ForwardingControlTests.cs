using System.Net;
using System.Net.Sockets;
using Skep.Manager.Consensus;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Tests.Rpc;
using Skep.Transport.Rpc;

namespace Skep.Tests.Control;

public class ForwardingControlTests
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly ScriptedControl own = new();
    private readonly ManualTime time = new();

    [Fact]
    public async Task The_leader_does_it_itself()
    {
        var node = new Node { Id = new("n") };
        own.Answers.Enqueue(node);
        Assert.Same(node, await Leading().GetNodeAsync(node.Id, Never));
    }

    [Fact]
    public async Task What_was_not_carried_out_is_asked_again_until_somebody_leads()
    {
        var node = new Node { Id = new("n") };
        own.Answers.Enqueue(Refusals.NotLeader());
        own.Answers.Enqueue(Refusals.NoLeader());
        own.Answers.Enqueue(node);
        var asked = Leading().GetNodeAsync(node.Id, Never);
        await PassAsync(asked);
        Assert.Same(node, await asked);
        Assert.Equal(3, own.Asked.Count);
    }

    [Fact]
    public async Task What_may_have_been_carried_out_is_not_asked_again()
    {
        own.Answers.Enqueue(Refusals.LeadershipLost());
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => Leading().CreateSecretAsync(SecretSpec.Empty, Never));
        Assert.Equal(ErrorKind.OutcomeUnknown, refused.Kind);
        Assert.Single(own.Asked);
    }

    [Fact]
    public async Task Other_refusals_are_not_asked_again()
    {
        own.Answers.Enqueue(new RefusedException(ErrorKind.Unavailable, "the disk is full"));
        await Assert.ThrowsAsync<RefusedException>(() => Leading().CreateSecretAsync(SecretSpec.Empty, Never));
        Assert.Single(own.Asked);
    }

    [Fact]
    public async Task Without_a_leader_the_user_is_told_so_after_a_while()
    {
        int looks = 0;
        var control = new ForwardingControl(
            own,
            _ =>
            {
                looks++;
                throw new RpcException(RpcStatus.Unavailable, "raft: no elected cluster leader");
            },
            time);
        var asked = control.ListNodesAsync(new(), Never);
        await PassAsync(asked);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => asked);
        Assert.Equal((ErrorKind.Unavailable, Refusals.NoLeaderText), (refused.Kind, refused.Message));
        Assert.InRange(looks, 30, 32);
        Assert.Empty(own.Asked);
    }

    [Fact]
    public async Task A_leader_that_cannot_be_reached_is_looked_for_again()
    {
        var tls = new TestSwarm("c").Client(null);
        using RpcChannel gone = RpcChannel.ToNode(AddressOfNobody(), new RpcChannelOptions { Tls = () => tls });
        var node = new Node { Id = new("n") };
        own.Answers.Enqueue(node);
        int looks = 0;
        var control = new ForwardingControl(
            own, _ => ValueTask.FromResult(looks++ == 0 ? gone : null), time);
        var asked = control.GetNodeAsync(node.Id, Never);
        await PassAsync(asked);
        Assert.Same(node, await asked);
        Assert.Equal(2, looks);
    }

    private static string AddressOfNobody()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return nobody.LocalEndPoint!.ToString()!;
    }

    private ForwardingControl Leading() => new(own, _ => ValueTask.FromResult<RpcChannel?>(null), time);

    /// <summary>Moves the clock whenever somebody waits for it.</summary>
    private async Task PassAsync(Task until)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!until.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            if (time.TimerCount > 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
            }
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, patience.Token);
        }
    }
}
