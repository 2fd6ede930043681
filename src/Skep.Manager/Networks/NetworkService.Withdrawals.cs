using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Objects = Skep.Swarm.Objects;

namespace Skep.Manager.Networks;

// What nodes confirm, and who waits for it. At the leader only.
public sealed partial class NetworkService
{
    private async Task<ConfirmationsEnded> ConfirmAsync(
        RpcReader<NetworksConfirmed> reader, RpcCaller caller, CancellationToken stop)
    {
        var stream = new object();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task listening = ListenAsync(reader, caller.Node, stream, over.Token);
        Task<DriverStatus> deposed = EndOfLeadingAsync(over.Token);
        try
        {
            await Task.WhenAny(listening, deposed);
        }
        finally
        {
            confirmations.Forget(caller.Node, stream);
            await over.CancelAsync();
        }

        if (deposed.IsCompletedSuccessfully)
        {
            throw new RpcException(RpcStatus.Unavailable, "this manager does not lead any more");
        }

        await listening;
        return new ConfirmationsEnded();
    }

    private async Task ListenAsync(
        RpcReader<NetworksConfirmed> reader, NodeId node, object stream, CancellationToken stop)
    {
        while (await reader.ReadAsync(stop) is { } said)
        {
            confirmations.Confirm(node, stream, said.Revision);
        }
    }

    private Task<DriverStatus> EndOfLeadingAsync(CancellationToken stop)
    {
        ulong term = parts.Status.Value.Leadership.Term;
        return parts.Status.WaitAsync(
            one => !one.Leadership.IsLeader || one.Leadership.Term != term, stop);
    }

    private async Task<WithdrawalAnswer> AwaitWithdrawalAsync(
        WithdrawalQuestion question, RpcCaller caller, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(parts.Withdrawal, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        var task = new TaskId(question.Task);
        var answer = new WithdrawalAnswer();
        bool hasLooked = false;
        try
        {
            await parts.Feed.ReachAsync(parts.Store.Committed.Revision, either.Token);
            while (true)
            {
                // Read first, so that what changes meanwhile wakes us.
                (NetworkPicture picture, Task moved) = parts.Feed.Read();
                (Func<NodeId, ulong, bool> hasConfirmed, Task confirmed) = confirmations.Read();
                answer.Missing.Clear();
                answer.Missing.AddRange(
                    Missing(picture, question, caller.Node, hasConfirmed).Select(static id => id.Value));
                hasLooked = true;
                if (answer.Missing.Count == 0)
                {
                    return answer;
                }

                await Task.WhenAny(moved, confirmed).WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            if (!hasLooked)
            {
                // Nobody would be named as missing, which means the opposite of what is known here.
                throw new RpcException(RpcStatus.Unavailable, "this manager is behind with the networks of tasks");
            }

            parts.Log.Warn(
                "a task is stopped before all nodes have confirmed that they send nothing new to it",
                ("task", task), ("missing", string.Join(' ', answer.Missing)));
            return answer;
        }
    }

    /// <summary>Nodes that may still send something new to a task; none when the task shall go on.</summary>
    /// <remarks>That a task is ill its own node says, with its status: until that is here, the node itself is missing.
    /// </remarks>
    private IEnumerable<NodeId> Missing(
        NetworkPicture picture, WithdrawalQuestion question, NodeId asking, Func<NodeId, ulong, bool> hasConfirmed)
    {
        if (picture.Store.Tasks.Get(new TaskId(question.Task)) is not { } task || task.NodeId != asking)
        {
            return [];
        }

        if (task.DesiredState <= Objects.TaskState.Running && !TaskTraffic.IsIll(task.Status))
        {
            return question.Ill ? [asking] : [];
        }

        ulong revision = parts.Feed.WithdrawnAt(task);
        return task.Networks
            .Where(one => one.Network is not null).Select(one => one.Network!.Id).Distinct()
            .SelectMany(picture.Participants).Distinct()
            .Where(node => picture.Store.Nodes.Get(node)?.Status.State == NodeState.Ready
                && !hasConfirmed(node, revision));
    }
}
