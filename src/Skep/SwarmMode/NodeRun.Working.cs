using System.Collections.Immutable;
using Skep.Agent.Networks;
using Skep.Agent.Session;
using Skep.Agent.Tasks;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Parts;
using Skep.Transport.Rpc;

namespace Skep.SwarmMode;

// The agent: every node's session with its managers.
internal sealed partial class NodeRun
{
    private readonly ManagerList managers = new(parts.Ids);
    private readonly TaskCompletionSource registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RpcChannel? localChannel;

    private async Task WorkAsync(CancellationToken stop)
    {
        foreach (KnownManager known in settings.Managers)
        {
            var peer = new Peer { NodeId = new NodeId(known.NodeId), Addr = known.Address };
            managers.Observe(peer, ManagerList.GoodWeight);
        }

        foreach (string address in ManagerAddresses().Where(one => !managers.Peers.Any(peer => peer.Addr == one)))
        {
            managers.Observe(new Peer { Addr = address }, ManagerList.GoodWeight);
        }

        await WaitForOwnManagerAsync(stop);
        using RpcChannel local = RpcChannel.ToUnixSocket(ManagerSocket);
        localChannel = local;
        var paths = new PathTest(
            () => parts.Networks.Current, () => parts.Networks.FullBytes, parts.Time, parts.Log);
        NetworkSession networks = NewNetworkSession(paths);
        AgentSession? session = null;
        await using var worker = new TaskWorker(new WorkerParts
        {
            Runtime = parts.Tasks,
            Dependencies = parts.Dependencies,
            Folder = folder.Worker,
            Report = (reports, end) => session!.ReportAsync(reports, end),
            Time = parts.Time,
            Log = parts.Log,
        });
        session = new AgentSession(new SessionParts
        {
            Credentials = credentials!,
            Managers = managers,
            Local = () => manager?.Ready.IsCompletedSuccessfully == true ? localChannel : null,
            Describe = parts.Describe,
            OnNews = TakeNewsAsync,
            OnAssignments = worker.ApplyAsync,
            ReadLogs = worker.ReadLogsAsync,
            FollowNetworks = networks.FollowAsync,
            OnState = state =>
            {
                if (state.IsRegistered)
                {
                    registered.TrySetResult();
                    worker.Hurry();
                }
            },
            Ids = parts.Ids,
            Time = parts.Time,
            Log = parts.Log,
        });

        // Before the tasks that are on them, and before any manager answers.
        await networks.RestoreAsync(stop);
        parts.Networks.Session = networks;
        parts.Attachments.Managers = new AttachmentCalls(session.AttachAsync, session.DetachAsync);
        worker.Load();
        await Supervise.RunAsync([session.RunAsync, worker.RunAsync, networks.RunAsync, paths.RunAsync], stop);
    }

    private NetworkSession NewNetworkSession(PathTest paths) => new(new NetworkSessionParts
    {
        Self = credentials!.Node,
        Apply = parts.Networks.ApplyAsync,
        Folder = folder.Networks,
        Offer = () =>
        {
            NodeSettings now = settings;
            return new PeerOffer
            {
                DataPathAddress = now.DataPathAddress.Length > 0
                    ? now.DataPathAddress
                    : AddressWithoutPort(now.AdvertiseAddress),
                LocalAddress = now.LocalAddress,
                WireGuardKey = parts.Networks.WireGuardKey,
                Ranges = parts.OwnRanges(),
                Troubles = paths.Troubles,
            };
        },
        ReplaceKey = parts.Networks.ReplaceKeyAsync,
        Time = parts.Time,
        Log = parts.Log,
    });

    // A manager's agent speaks with its own manager; for as long as that is not ready, any other is as good.
    private async Task WaitForOwnManagerAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await WaitForManagerAsync(over.Token).WaitAsync(SwarmLimits.OwnManager, parts.Time, stop);
        }
        catch (TimeoutException)
        {
            parts.Log.Info("this node's own manager is not ready; its agent looks for another");
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private string ManagerSocket => Path.Combine(parts.ExecRoot, "manager.sock");

    private async Task TakeNewsAsync(SessionNews news, CancellationToken stop)
    {
        if (!news.Root.IsEmpty)
        {
            renewal!.TakeRoots(news.Root.Span);
        }

        if (news.Node is { } self)
        {
            renewal!.Observe(self);
            await parts.Networks.HeedLabelsAsync(self.Spec.Annotations.Labels, stop);
        }

        if (!news.Managers.IsDefaultOrEmpty)
        {
            Remember(news.Managers);
        }
    }

    // The list is what a node comes back with after a restart, so it is on the disk before it is needed.
    private void Remember(ImmutableArray<WeightedPeer> told)
    {
        managers.Replace(told);
        ImmutableArray<KnownManager> now =
        [
            .. managers.Peers.Take(SwarmLimits.ManagersKept)
                .Select(static peer => new KnownManager(peer.NodeId.Value, peer.Addr)),
        ];
        if (!now.SequenceEqual(settings.Managers))
        {
            Save(known => known with { Managers = now });
        }
    }
}
