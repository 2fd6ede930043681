using System.Threading.Channels;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;
using TaskState = Skep.Swarm.Objects.TaskState;

namespace Skep.Agent.Networks;

/// <summary>What a node's session about networks works with.</summary>
public sealed record NetworkSessionParts
{
    public required NodeId Self { get; init; }

    /// <summary>Makes a state true on this node; false: it could not.</summary>
    public required Func<NetworkStep, CancellationToken, Task<bool>> Apply { get; init; }

    /// <summary>For the last known state.</summary>
    public required string Folder { get; init; }

    /// <summary>What the node says of itself now.</summary>
    public required Func<PeerOffer> Offer { get; init; }

    /// <summary>Offers another key than this one, which another node has.</summary>
    public required Func<string, CancellationToken, Task> ReplaceKey { get; init; }

    public required TimeProvider Time { get; init; }

    public required Log Log { get; init; }
}

/// <summary>Keeps what a node knows of the swarm's networks up to date, over the connection of its session.</summary>
/// <remarks>
/// Without a manager everything stays as it was last known, also over a restart. At the beginning of a stream a manager
/// tells what was missed, or everything; as states are compared before they are made true, that costs nothing in the
/// kernel. See docs/internals/discovery.md.
/// </remarks>
public sealed class NetworkSession
{
    private readonly NetworkSessionParts parts;
    private readonly NetworkStateFile file;
    private readonly Channel<bool> unsaved = OneAtMost<bool>();
    private volatile RpcChannel? current;
    private volatile NetworkState state;

    // Also of what said nothing new. Only the one that follows reads and writes it.
    private ulong heard;

    public NetworkSession(NetworkSessionParts parts)
    {
        this.parts = parts;
        file = new NetworkStateFile(parts.Folder, parts.Self, parts.Log);
        state = NetworkState.Empty with { Self = parts.Self };
    }

    /// <summary>Makes true what was last known, before any manager answers. Called once, first.</summary>
    public async Task RestoreAsync(CancellationToken stop)
    {
        state = file.Load() ?? state;
        heard = state.Revision;
        await parts.Apply(NetworkStep.To(state), stop);
    }

    /// <summary>Keeps the last known state on the disk.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await unsaved.Reader.ReadAsync(stop);
            file.Save(state);
            await Task.Delay(NetworkSessionLimits.SavePause, parts.Time, stop);
        }
    }

    /// <summary>Follows one manager, for as long as the node's session with it lasts.</summary>
    public async Task FollowAsync(RpcChannel channel, CancellationToken stop)
    {
        current = channel;
        try
        {
            while (true)
            {
                try
                {
                    await FollowOnceAsync(channel, stop);
                }
                catch (RpcException e) when (e.Status == RpcStatus.Unimplemented)
                {
                    parts.Log.Info("this manager is not ours to hear of networks from");
                    await Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, stop);
                }
                catch (RpcException e)
                {
                    parts.Log.Debug("networks are asked for anew", ("reason", e.Detail));
                }

                await Task.Delay(NetworkSessionLimits.Pause, parts.Time, stop);
            }
        }
        finally
        {
            Interlocked.CompareExchange(ref current, null, channel);
        }
    }

    /// <summary>Waits until no node sends anything new to a task, or for as long as is sensible.</summary>
    public async Task AwaitWithdrawalAsync(SwarmTask task, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(NetworkSessionLimits.Withdrawal, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            while (!await TryAwaitWithdrawalAsync(task, either.Token))
            {
                await Task.Delay(NetworkSessionLimits.Pause, parts.Time, either.Token);
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            parts.Log.Warn("no manager says that nothing new is sent to a task that ends", ("task", task.Id));
        }
    }

    /// <returns>False: to be tried again, with another leader or another manager.</returns>
    private async Task<bool> TryAwaitWithdrawalAsync(SwarmTask task, CancellationToken stop)
    {
        if (current is not { } channel)
        {
            return false;
        }

        try
        {
            var question = new WithdrawalQuestion
            {
                Task = task.Id.Value, Ill = task.DesiredState <= TaskState.Running,
            };
            WithdrawalAnswer answer = await channel.CallAsync(
                SkepMethods.Networks.AwaitWithdrawal, question, stop);
            if (answer.Missing.Count > 0)
            {
                parts.Log.Warn(
                    "a task ends before all nodes have said that they send nothing new to it",
                    ("task", task.Id), ("missing", string.Join(' ', answer.Missing)));
            }

            return true;
        }
        catch (RpcException e)
        {
            return e.Status == RpcStatus.Unimplemented;
        }
        catch (ObjectDisposedException)
        {
            return false; // The session with that manager is over.
        }
    }

    private async Task FollowOnceAsync(RpcChannel channel, CancellationToken stop)
    {
        PeerOffer told = parts.Offer();
        await RegisterAsync(channel, told, stop);
        Channel<ulong> made = OneAtMost<ulong>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] loops =
        [
            ListenAsync(channel, made.Writer, over.Token),
            ConfirmAsync(channel, made.Reader, over.Token),
            KeepRegisteredAsync(channel, told, over.Token),
        ];
        Task ended = await Task.WhenAny(loops);
        await over.CancelAsync();
        foreach (Task loop in loops)
        {
            await SettleAsync(loop);
        }

        await ended;
    }

    private async Task RegisterAsync(RpcChannel channel, PeerOffer offer, CancellationToken stop)
    {
        var registration = new PeerRegistration
        {
            DataPathAddress = offer.DataPathAddress,
            LocalAddress = offer.LocalAddress,
            WireguardKey = offer.WireGuardKey,
            Ranges = { offer.Ranges },
            Troubles =
            {
                offer.Troubles.Select(static one => new PathTroubleItem
                {
                    Node = one.Node.Value, Kind = (uint)one.Kind, Bytes = one.Bytes,
                }),
            },
        };
        try
        {
            await channel.CallAsync(
                SkepMethods.Networks.Register, registration, NetworkSessionLimits.Answer, parts.Time, stop);
        }
        catch (RpcException e) when (e.Status == RpcStatus.AlreadyExists)
        {
            // This machine was another node before, which is still in the list with the key that it had.
            parts.Log.Warn("the managers want another WireGuard key of this node", ("reason", e.Detail));
            await parts.ReplaceKey(offer.WireGuardKey, stop);
            throw;
        }
    }

    private async Task KeepRegisteredAsync(RpcChannel channel, PeerOffer told, CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(NetworkSessionLimits.Describe, parts.Time, stop);
            if (parts.Offer() is var now && now != told)
            {
                await RegisterAsync(channel, now, stop);
                told = now;
            }
        }
    }

    private async Task ListenAsync(RpcChannel channel, ChannelWriter<ulong> made, CancellationToken stop)
    {
        bool isTrue = false;
        var request = new FollowNetworks { Revision = heard };
        if (heard > 0)
        {
            request.Digest = NetworkDigest.Of(state);
        }

        await foreach (NetworkNews news in channel.ReadStreamAsync(SkepMethods.Networks.Follow, request, stop))
        {
            NetworkDelta delta = NetworkNewsWire.ToRecord(news);
            heard = delta.Revision;
            if (!delta.IsEmpty || !isTrue)
            {
                // What says nothing new is not taken: the parts know states by who they are.
                long begun = parts.Time.GetTimestamp();
                var step = NetworkStep.Of(state, delta);
                state = step.After;
                isTrue = await parts.Apply(step, stop);
                parts.Log.Debug(
                    "networks are as they were told", ("revision", delta.Revision), ("changes", delta.ChangeCount),
                    ("isTrue", isTrue), ("took", parts.Time.GetElapsedTime(begun)));
                unsaved.Writer.TryWrite(true);
            }

            if (isTrue)
            {
                made.TryWrite(delta.Revision);
            }
        }

        throw new RpcException(RpcStatus.Unavailable, "the manager tells of networks no more");
    }

    // The leader hears it, and the way there breaks when another leads: then the newest is said again.
    private async Task ConfirmAsync(RpcChannel channel, ChannelReader<ulong> made, CancellationToken stop)
    {
        ulong newest = await made.ReadAsync(stop);
        while (true)
        {
            try
            {
                await using RpcDuplex<NetworksConfirmed, ConfirmationsEnded> call =
                    channel.Open(SkepMethods.Networks.Confirm, stop);
                Task<ConfirmationsEnded?> ended = call.ReadAsync();
                while (!ended.IsCompleted)
                {
                    await call.SendAsync(new NetworksConfirmed { Revision = newest });
                    Task<bool> more = made.WaitToReadAsync(stop).AsTask();
                    await Task.WhenAny(more, ended);
                    stop.ThrowIfCancellationRequested();
                    newest = made.TryRead(out ulong revision) ? revision : newest;
                }

                await ended;
            }
            catch (RpcException e) when (e.Status != RpcStatus.Unimplemented)
            {
                parts.Log.Debug("what became of networks is said anew", ("reason", e.Detail));
            }

            await Task.Delay(NetworkSessionLimits.Pause, parts.Time, stop);
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

    // The newest counts: whoever is slow does not hear of what is over.
    private static Channel<T> OneAtMost<T>() => Channel.CreateBounded<T>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
}
