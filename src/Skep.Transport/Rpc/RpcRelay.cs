using System.IO.Pipelines;
using Skep.Transport.Identity;

namespace Skep.Transport.Rpc;

/// <summary>Sends a call on to the leader, and its answers back, without looking into the messages.</summary>
/// <remarks>
/// The caller's certificate goes along as metadata, also when it has none: the leader would take the call for our own
/// otherwise. A call is sent on once; a leader that moved meanwhile is the caller's business, which tries again.
/// </remarks>
internal static class RpcRelay
{
    private const int ChunkBytes = 16 << 10;

    public static async Task ToLeaderAsync(RpcCall call, RpcChannel leader)
    {
        if (call.Request.Headers.TryGetValue(RpcNames.Redirect, out var before))
        {
            throw new RpcException(
                RpcStatus.ResourceExhausted, $"more than one redirect to leader from: [{before}]");
        }

        call.BeginStream();
        await using RpcRawCall onward = leader.OpenRaw(call.Request.Path, call.Stop, Metadata(call.Caller));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Stop);
        Task requests = SendAsync(call, onward, over.Token);
        try
        {
            await ReceiveAsync(call, onward);
        }
        catch (Exception e) when (e is HttpRequestException)
        {
            throw RpcChannel.Unreachable(e);
        }
        finally
        {
            await over.CancelAsync();
            await requests;
        }
    }

    // Ends without an error: what went wrong shows in the answers, or in the call's own end.
    private static async Task SendAsync(RpcCall call, RpcRawCall onward, CancellationToken stop)
    {
        try
        {
            Stream target = await onward.RequestsAsync();
            while (true)
            {
                ReadResult result = await call.Input.ReadAsync(stop);
                foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                {
                    await target.WriteAsync(segment, stop);
                }

                await target.FlushAsync(stop);
                call.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    onward.CompleteSending();
                    return;
                }
            }
        }
        catch (Exception e)
            when (e is IOException or HttpRequestException or OperationCanceledException or RpcException)
        {
            onward.CompleteSending();
        }
    }

    private static async Task ReceiveAsync(RpcCall call, RpcRawCall onward)
    {
        Stream answers = await onward.AnswersAsync();
        while (true)
        {
            Memory<byte> room = call.Output.GetMemory(ChunkBytes);
            int count = await RpcChannel.GuardAsync(answers.ReadAsync(room, call.Stop).AsTask(), call.Stop);
            if (count == 0)
            {
                break;
            }

            call.Output.Advance(count);
            await call.FlushAsync(call.Stop);
        }

        await onward.CheckEndAsync();
    }

    private static (string Name, string Value)[] Metadata(RpcCaller caller)
    {
        List<(string, string)> metadata =
        [
            (RpcNames.Redirect, caller.RemoteAddress),
            (RpcNames.Forwarded, "true"),
            (RpcNames.ForwardedNode, caller.Node.Value),
            (RpcNames.ForwardedCluster, caller.Cluster.Value),
            (RpcNames.RemoteAddress, caller.RemoteAddress),
        ];
        if (caller.Role is { } role)
        {
            metadata.Add((RpcNames.ForwardedRole, NodeIdentity.RoleName(role)));
        }

        if (caller.IsExpired)
        {
            metadata.Add((RpcNames.ForwardedExpired, "true"));
        }

        return [.. metadata];
    }
}
