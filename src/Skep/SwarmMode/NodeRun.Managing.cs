using System.Net;
using Skep.Manager;
using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Transport.Identity;

namespace Skep.SwarmMode;

// The manager beside the agent, for as long as the node's certificate says manager.
internal sealed partial class NodeRun
{
    private volatile ManagerRole? manager;

    private async Task ManageAsync(Beginning begun, NodeStart next, CancellationToken stop)
    {
        bool isForced = next.ForceNewCluster;
        while (true)
        {
            await WaitForRoleAsync(NodeRole.Manager, stop);
            ManagerEnd end = await ManageOnceAsync(begun, isForced, stop);
            (begun, isForced) = (Beginning.Nothing, false);
            if (end == ManagerEnd.Removed && !await DemotedWithinAsync(SwarmLimits.RoleChange, stop))
            {
                // Maybe nobody told us yet. A renewed certificate says for certain what we are.
                parts.Log.Warn("this manager is no member of the quorum any more; asking for its role");
                renewal!.RenewNow();
                await DemotedWithinAsync(SwarmLimits.RoleChange, stop);
            }

            // A log that is left behind must not come back under the same raft id: a promoted node joins anew.
            ForgetLog();
        }
    }

    private async Task<ManagerEnd> ManageOnceAsync(Beginning begun, bool isForced, CancellationToken stop)
    {
        NodeCredentials self = credentials!;
        KeyFile file = keyFile!;
        file.Update(keys => keys.DataKeys is null ? keys with { DataKeys = DataKeys.New() } : keys);
        var role = new ManagerRole(new ManagerOptions
        {
            Disk = parts.Disk,
            Folder = folder.Raft,
            Credentials = self,
            KeyFile = file,
            Listen = IPEndPoint.Parse(settings.ListenAddress),
            AdvertiseAddress = settings.AdvertiseAddress.Length > 0
                ? settings.AdvertiseAddress
                : $"0.0.0.0:{IPEndPoint.Parse(settings.ListenAddress).Port}",
            LocalSocket = ManagerSocket,
            OnChange = change => TellOfChange(change, isNew: begun.Founded is not null),
            OnNewlyLocked = () => renewal!.RenewNow(),
            Founded = begun.Founded,
            Restoring = begun.Restoring,
            ForceNewCluster = isForced,
            JoinAddresses = [.. ManagerAddresses()],
            Formats = ServiceFormats.Docker,
            KnownMembers =
            [
                .. settings.Members.Select(
                    static one => new Member(one.RaftId, new NodeId(one.NodeId), one.Address)),
            ],
            GivenRaftId = settings.GivenRaftId,
            OnJoined = TakeJoined,
            OnLogMade = () => Save(static now => now with { GivenRaftId = 0 }),
            OnBegun = () => Save(static now => now with { IsBeginning = false }),
            Time = parts.Time,
            Ids = parts.Ids,
            Log = parts.Log,
        });
        manager = role;
        using var demoted = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task watching = WaitForRoleAsync(NodeRole.Worker, demoted.Token);
        Task<ManagerEnd> running = role.RunAsync(demoted.Token);
        try
        {
            await Task.WhenAny(watching, running);
            await demoted.CancelAsync();
            return await running;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            parts.Log.Info("this node is a worker now; its manager has ended");
            return ManagerEnd.Demoted;
        }
        finally
        {
            manager = null;
            await watching.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    // A manager that begins reads again what its log holds: that was told when it happened.
    private void TellOfChange(StoreChange change, bool isNew)
    {
        if (isNew || manager?.Ready.IsCompletedSuccessfully == true)
        {
            parts.OnChange(change);
        }
    }

    private void TakeJoined(JoinAnswer answer) => Save(now => now with
    {
        GivenRaftId = answer.RaftId,
        Members =
        [
            .. answer.Members.Members.Values.Select(
                static one => new KnownMember(one.RaftId, one.Node.Value, one.Address)),
        ],
    });

    private void ForgetLog()
    {
        if (Directory.Exists(folder.Raft))
        {
            Directory.Delete(folder.Raft, recursive: true);
        }

        keyFile!.Update(keys => keys with { DataKeys = null });
    }

    private async Task<bool> DemotedWithinAsync(TimeSpan patience, CancellationToken stop)
    {
        try
        {
            await WaitForRoleAsync(NodeRole.Worker, stop).WaitAsync(patience, parts.Time, stop);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task WaitForRoleAsync(NodeRole role, CancellationToken stop)
    {
        NodeCredentials self = credentials!;
        var changed = new SemaphoreSlim(0);
        void OnChanged() => changed.Release();
        self.Changed += OnChanged;
        try
        {
            while (self.Role != role)
            {
                await changed.WaitAsync(stop);
            }
        }
        finally
        {
            self.Changed -= OnChanged;
        }
    }
}
