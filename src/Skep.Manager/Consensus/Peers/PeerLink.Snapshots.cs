using Skep.Raft;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Snapshot = Skep.Raft.Snapshot;

namespace Skep.Manager.Consensus;

// What goes over SwarmKit's own methods: snapshots in pieces, and everything when the peer is a Docker manager.
internal sealed partial class PeerLink
{
    private Task snapshotSending = Task.CompletedTask;

    /// <summary>One at a time: the core offers the next when this one has failed or arrived.</summary>
    private void BeginSnapshot(Message message)
    {
        if (snapshotSending.IsCompleted)
        {
            snapshotSending = SendSnapshotAsync(message);
        }
        else
        {
            Lost(message);
        }
    }

    private Task EndSnapshotsAsync() => snapshotSending;

    private async Task SendSnapshotAsync(Message message)
    {
        bool hasArrived = false;
        try
        {
            using RpcChannel own = options.Connect(address, null);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            await using RpcDuplex<StreamRaftMessageRequest, StreamRaftMessageResponse> stream =
                own.Open(SwarmKitMethods.Raft.StreamRaftMessage, patience.Token);
            foreach (Message piece in Pieces(message))
            {
                patience.CancelAfter(Limits.SnapshotPieceTimeout);
                await stream.SendAsync(new StreamRaftMessageRequest { Message = RaftWire.ToWire(piece) });
            }

            patience.CancelAfter(Limits.SnapshotInstallTimeout);
            await stream.FinishAsync();
            hasArrived = true;
        }
        catch (Exception lost) when (lost is RpcException or OperationCanceledException)
        {
            options.Log.Warn("A snapshot did not arrive", ("raft.id", $"{peer:x}"), ("why", lost.Message));
        }

        report(new SnapshotSent(peer, hasArrived));
    }

    /// <summary>The receiver joins pieces of one index; each is a whole message otherwise.</summary>
    private static IEnumerable<Message> Pieces(Message message)
    {
        Snapshot whole = message.Snapshot!;
        int at = 0;
        do
        {
            int bytes = Math.Min(Limits.SnapshotPieceBytes, whole.Data.Length - at);
            yield return message with { Snapshot = new Snapshot(whole.Meta, whole.Data.Slice(at, bytes)) };
            at += bytes;
        }
        while (at < whole.Data.Length);
    }

    /// <summary>A Docker manager takes one message per call and wants them in order.</summary>
    private async Task CallDockerAsync(RpcChannel opened, CancellationToken stop)
    {
        Opened(opened);
        while (!IsDone)
        {
            await wake.WaitAsync(stop);
            foreach (Message message in TakeWaiting())
            {
                if (message.Kind == MessageKind.Snapshot)
                {
                    BeginSnapshot(message);
                    continue;
                }

                await opened.CallAsync(
                    SwarmKitMethods.Raft.ProcessRaftMessage,
                    new ProcessRaftMessageRequest { Message = RaftWire.ToWire(message) },
                    Limits.DockerSendTimeout,
                    options.Time,
                    stop);
            }
        }
    }
}
