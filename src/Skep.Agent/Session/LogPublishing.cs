using Skep.Swarm.ServiceLogs;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using static Skep.Transport.Contracts.SwarmKitMethods;

namespace Skep.Agent.Session;

/// <summary>Sends managers the logs that their users ask for, for as long as one session lasts.</summary>
/// <remarks>
/// A manager that is slow to take lines holds up their reading and nothing else: they stay in the containers' logs.
/// </remarks>
internal sealed class LogPublishing(SessionParts parts, RpcChannel channel)
{
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await ListenAsync(stop);
            }
            catch (RpcException e) when (e.Status == RpcStatus.Unimplemented)
            {
                parts.Log.Info("this manager does not ask for logs");
                await Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, stop);
            }
            catch (RpcException e)
            {
                parts.Log.Debug("subscriptions of logs are asked for anew", ("reason", e.Detail));
            }

            await Task.Delay(SessionLimits.FirstPause, parts.Time, stop);
        }
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        var running = new Dictionary<string, Publication>();
        try
        {
            await foreach (SubscriptionMessage message in
                channel.ReadStreamAsync(LogBroker.ListenSubscriptions, new ListenSubscriptionsRequest(), stop))
            {
                await ForgetDoneAsync(running);
                if (message.Close)
                {
                    if (running.Remove(message.Id, out Publication? closed))
                    {
                        await closed.EndAsync();
                    }
                }
                else if (running.ContainsKey(message.Id) || running.Count >= SessionLimits.LogSubscriptions)
                {
                    parts.Log.Warn("a subscription of logs is left out", ("subscription", message.Id));
                }
                else
                {
                    running[message.Id] = new Publication(end => PublishAsync(message, end), stop);
                }
            }
        }
        finally
        {
            foreach (Publication one in running.Values)
            {
                await one.EndAsync();
            }
        }
    }

    private static async Task ForgetDoneAsync(Dictionary<string, Publication> running)
    {
        foreach ((string id, Publication done) in running.Where(one => one.Value.Done.IsCompleted).ToList())
        {
            await done.EndAsync();
            running.Remove(id);
        }
    }

    private async Task PublishAsync(SubscriptionMessage subscription, CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            await using RpcDuplex<PublishLogsMessage, PublishLogsResponse> call =
                channel.Open(LogBroker.PublishLogs, stop);
            await SendLinesAsync(call, subscription, stop);
            await call.SendAsync(new PublishLogsMessage { SubscriptionId = subscription.Id, Close = true });
            await call.FinishAsync();
        }
        catch (RpcException e)
        {
            parts.Log.Debug(
                "a subscription of logs ended", ("subscription", subscription.Id), ("reason", e.Detail));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody reads any more.
        }
    }

    // What is there goes together; what is alone does not wait for company.
    private async Task SendLinesAsync(
        RpcDuplex<PublishLogsMessage, PublishLogsResponse> call,
        SubscriptionMessage subscription,
        CancellationToken stop)
    {
        var batch = new PublishLogsMessage { SubscriptionId = subscription.Id };
        await using IAsyncEnumerator<SwarmLogLine> lines = parts
            .ReadLogs(LogWire.ToRecord(subscription.Selector ?? new()), LogWire.ToRecord(subscription.Options), stop)
            .GetAsyncEnumerator(stop);
        while (true)
        {
            ValueTask<bool> next = lines.MoveNextAsync();
            if (batch.Messages.Count == SessionLimits.LogLinesAtOnce
                || (batch.Messages.Count > 0 && !next.IsCompleted))
            {
                await call.SendAsync(batch);
                batch = new PublishLogsMessage { SubscriptionId = subscription.Id };
            }

            if (!await next)
            {
                break;
            }

            batch.Messages.Add(LogWire.ToWire(lines.Current));
        }

        if (batch.Messages.Count > 0)
        {
            await call.SendAsync(batch);
        }
    }

    /// <summary>One subscription's lines on their way.</summary>
    private sealed class Publication
    {
        private readonly CancellationTokenSource end;

        public Publication(Func<CancellationToken, Task> publish, CancellationToken stop)
        {
            end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Done = publish(end.Token);
        }

        public Task Done { get; }

        public async Task EndAsync()
        {
            await end.CancelAsync();
            await Done;
            end.Dispose();
        }
    }
}
