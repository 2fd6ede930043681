using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using static Skep.Transport.Contracts.SwarmKitMethods;
using Objects = Skep.Swarm.Objects;

namespace Skep.Agent.Session;

/// <summary>One session with one manager, from its registration to its end.</summary>
internal sealed class SessionRound(SessionParts parts, RpcChannel channel, string wanted)
{
    /// <summary>The session's id; the next round asks to go on with it.</summary>
    public string Id { get; private set; } = wanted;

    public bool IsRegistered { get; private set; }

    /// <summary>Ends with the first thing that fails, or when the description of this machine has changed.</summary>
    /// <exception cref="RpcException">The manager is away, or refused.</exception>
    public async Task RunAsync(Action registered, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Objects.NodeDescription description = Describe();
        var request = new SessionRequest { SessionId = Id, Description = NodeDescriptionWire.ToWire(description) };
        await using IAsyncEnumerator<SessionMessage> messages = channel
            .ReadStreamAsync(Dispatcher.Session, request, over.Token).GetAsyncEnumerator(CancellationToken.None);
        SessionMessage first = await FirstAsync(messages, over);
        Id = first.SessionId;
        await TellAsync(first, over.Token);
        IsRegistered = true;
        registered();

        Task[] loops =
        [
            ListenAsync(messages, over.Token),
            BeatAsync(over.Token),
            WatchAsync(over.Token),
            WaitForNewDescriptionAsync(description, over.Token),
            new LogPublishing(parts, channel).RunAsync(over.Token),
            parts.FollowNetworks(channel, over.Token),
        ];
        Task ended = await Task.WhenAny(loops);
        await over.CancelAsync();
        foreach (Task loop in loops)
        {
            await SettleAsync(loop);
        }

        await ended;
    }

    public async Task ReportAsync(
        IReadOnlyList<(TaskId Task, Objects.SwarmTaskStatus Status)> reports, CancellationToken stop)
    {
        var request = new UpdateTaskStatusRequest { SessionId = Id };
        foreach ((TaskId task, Objects.SwarmTaskStatus status) in reports)
        {
            request.Updates.Add(new UpdateTaskStatusRequest.Types.TaskStatusUpdate
            {
                TaskId = task.Value, Status = TaskWire.ToWire(status),
            });
        }

        await channel.CallAsync(Dispatcher.UpdateTaskStatus, request, SessionLimits.Answer, parts.Time, stop);
    }

    public async Task<TaskId> AttachAsync(
        Objects.NetworkAttachmentConfig wish, string containerId, CancellationToken stop)
    {
        var request = new AttachNetworkRequest { Config = NetworkWire.ToWire(wish), ContainerId = containerId };
        AttachNetworkResponse answer = await channel.CallAsync(
            ResourceAllocator.AttachNetwork, request, SessionLimits.Attach, parts.Time, stop);
        return new TaskId(answer.AttachmentId);
    }

    public Task DetachAsync(TaskId attachment, CancellationToken stop) => channel.CallAsync(
        ResourceAllocator.DetachNetwork,
        new DetachNetworkRequest { AttachmentId = attachment.Value },
        SessionLimits.Answer,
        parts.Time,
        stop);

    private static SessionNews ToNews(SessionMessage message) => new(
        NodeWire.ToRecord(message.Node),
        [.. message.Managers.Select(static manager => PlainWire.ToRecord(manager))],
        [.. message.NetworkBootstrapKeys.Select(static key => PlainWire.ToRecord(key))],
        PlainWire.ToRecord(message.RootCa));

    private async Task<SessionMessage> FirstAsync(
        IAsyncEnumerator<SessionMessage> messages, CancellationTokenSource over)
    {
        Task<bool> begun = messages.MoveNextAsync().AsTask();
        try
        {
            return await begun.WaitAsync(SessionLimits.Start, parts.Time, over.Token)
                ? messages.Current
                : throw new RpcException(RpcStatus.Unavailable, "the manager ended the session at once");
        }
        catch (TimeoutException)
        {
            throw new RpcException(RpcStatus.DeadlineExceeded, "session initiation timed out");
        }
        finally
        {
            if (!begun.IsCompleted)
            {
                await over.CancelAsync(); // A stream that is still being read cannot be let go of.
                await SettleAsync(begun);
            }
        }
    }

    private static async Task SettleAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException)
        {
            // It ends because it was told to; why is known already.
        }
    }

    private async Task TellAsync(SessionMessage message, CancellationToken stop)
    {
        SessionNews news = ToNews(message);
        if (!news.Managers.IsEmpty)
        {
            parts.Managers.Replace(news.Managers);
        }

        await parts.OnNews(news, stop);
    }

    private async Task ListenAsync(IAsyncEnumerator<SessionMessage> messages, CancellationToken stop)
    {
        while (await messages.MoveNextAsync())
        {
            await TellAsync(messages.Current, stop);
        }

        throw new RpcException(RpcStatus.Unavailable, "the manager ended the session");
    }

    private async Task BeatAsync(CancellationToken stop)
    {
        var request = new HeartbeatRequest { SessionId = Id };
        while (true)
        {
            HeartbeatResponse answer = await channel.CallAsync(
                Dispatcher.Heartbeat, request, SessionLimits.Answer, parts.Time, stop);
            TimeSpan period = PlainWire.ToRecord(answer.Period)?.ToTimeSpan() ?? default;
            await Task.Delay(period > TimeSpan.Zero ? period : SessionLimits.Heartbeat, parts.Time, stop);
        }
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        while (true)
        {
            string reached = "";
            var request = new AssignmentsRequest { SessionId = Id };
            await foreach (AssignmentsMessage message in
                channel.ReadStreamAsync(Dispatcher.Assignments, request, stop))
            {
                bool isComplete = message.Type == AssignmentsMessage.Types.Type.Complete;
                if (!isComplete && message.AppliesTo != reached)
                {
                    break; // One was lost: a new stream begins with everything.
                }

                reached = message.ResultsIn;
                ImmutableArray<AssignmentStep> steps =
                    [.. message.Changes.Select(AssignmentWire.ToRecord).OfType<AssignmentStep>()];
                await parts.OnAssignments(new AssignmentNews(isComplete, steps), stop);
            }

            parts.Log.Info("the assignments are read anew");
            await Task.Delay(SessionLimits.FirstPause, parts.Time, stop);
        }
    }

    private async Task WaitForNewDescriptionAsync(Objects.NodeDescription told, CancellationToken stop)
    {
        do
        {
            await Task.Delay(SessionLimits.Describe, parts.Time, stop);
        }
        while (Describe() == told);
    }

    private Objects.NodeDescription Describe()
    {
        (byte[] subject, byte[] publicKey) = parts.Credentials.Issuer;
        return parts.Describe() with
        {
            TlsInfo = new NodeTlsInfo
            {
                TrustRoot = Bytes.CopyOf(parts.Credentials.Trust.Bundle.Span),
                CertIssuerSubject = Bytes.CopyOf(subject),
                CertIssuerPublicKey = Bytes.CopyOf(publicKey),
            },
        };
    }
}
