using System.Globalization;
using Skep.Manager.Consensus;
using Skep.Manager.Storage;
using Skep.Swarm;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.Manager;

// From what is on the disk, or from a manager that takes us in, to a log and a driver.
public sealed partial class ManagerRole
{
    private JoinAnswer? joined;

    private async Task<RaftStorage> OpenStorageAsync(CancellationToken stop)
    {
        StorageKeys keys = Keys(options.KeyFile.Keys.DataKeys);
        (string cluster, string node) = (options.Credentials.Cluster.Value, options.Credentials.Node.Value);
        if (RaftStorage.Exists(options.Disk, options.Folder))
        {
            RaftStorage storage = RaftStorage.Open(options.Disk, options.Folder, keys, cluster, node);
            foreach (string note in storage.Recovered.Notes)
            {
                options.Log.Warn("the log of the swarm", ("note", note));
            }

            TellLogMade();
            return options.ForceNewCluster ? ForceAlone(storage, keys) : storage;
        }

        if (options.Restoring is { } restoring)
        {
            return CreateRestored(restoring, keys, new StorageIdentity(cluster, node, NewRaftId()));
        }

        if (options.Founded is not null)
        {
            return RaftStorage.Create(
                options.Disk, options.Folder, keys, new StorageIdentity(cluster, node, NewRaftId()));
        }

        joined = await TakenInAsync(stop);
        RaftStorage made = RaftStorage.Create(
            options.Disk, options.Folder, keys, new StorageIdentity(cluster, node, joined.RaftId));
        options.OnLogMade();
        return made;
    }

    /// <remarks>
    /// Without a log this manager may have forgotten a vote, and others give it a new id (fault D11). Not so when it
    /// stopped between the answer to its join and its log: then nothing was ever promised under the id that it was
    /// given, and others may already count on it.
    /// </remarks>
    private async Task<JoinAnswer> TakenInAsync(CancellationToken stop)
    {
        if (options.GivenRaftId != 0)
        {
            return new JoinAnswer(options.GivenRaftId, MemberList.Told(options.KnownMembers));
        }

        JoinAnswer answer = await JoinAsync(stop);
        options.OnJoined(answer);
        return answer;
    }

    private void TellLogMade()
    {
        if (options.GivenRaftId != 0)
        {
            options.OnLogMade();
        }
    }

    // The rewritten log is read again, so that what runs is what a later start will find.
    private RaftStorage ForceAlone(RaftStorage storage, StorageKeys keys)
    {
        using (storage)
        {
            ForcedCluster.Rewrite(storage, Self(storage.Identity.RaftId));
        }

        return RaftStorage.Open(
            options.Disk, options.Folder, keys, options.Credentials.Cluster.Value, options.Credentials.Node.Value);
    }

    private RaftDriver OpenDriver(RaftStorage storage)
    {
        var settings = new DriverOptions
        {
            RaftId = storage.Identity.RaftId,
            Time = options.Time,
            Random = options.Ids.NewNumber,
            FirstRequestId = NewRaftId(),
            KnownMembers = joined is null ? options.KnownMembers : [.. joined.Members.Members.Values],
        };
        bool isNew = options.Founded is not null && storage.Recovered.Entries.Count == 0 &&
            storage.Recovered.Snapshot is null;
        return isNew
            ? RaftDriver.Begin(settings, Self(settings.RaftId), storage, links, options.Log)
            : RaftDriver.Open(settings, storage, links, options.Log);
    }

    // A swarm that has just taken in another manager may be electing: that passes, other refusals do not.
    private async Task<JoinAnswer> JoinAsync(CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await JoinOnceAsync(stop);
            }
            catch (RefusedException refused) when (
                attempt < ManagerLimits.JoinAttempts && Refusals.IsNotLeader(refused))
            {
                await Task.Delay(ManagerLimits.JoinPause, options.Time, stop);
            }
        }
    }

    private async Task<JoinAnswer> JoinOnceAsync(CancellationToken stop)
    {
        RefusedException? last = null;
        foreach (string address in options.JoinAddresses)
        {
            using RpcChannel channel = Connect(address, null);
            try
            {
                return await MembershipClient.JoinAsync(channel, options.AdvertiseAddress, options.Time, stop);
            }
            catch (RpcException e)
            {
                options.Log.Warn("a manager did not take this one in", ("manager", address), ("reason", e.Detail));
                last = RpcErrors.ToRefusal(e);
            }
        }

        throw last ?? new RefusedException(
            ErrorKind.Unavailable, "this manager has no log and knows no other manager to join");
    }

    private Member Self(ulong raftId) => new(raftId, options.Credentials.Node, options.AdvertiseAddress);

    private ulong NewRaftId() =>
        (ulong.Parse(options.Ids.NewHex(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) >> 1) | 1;

    private static StorageKeys Keys(DataKeys? keys)
    {
        Invariant.Holds(keys is not null);
        return keys.Pending is null
            ? new StorageKeys(new DataKey(keys.Current))
            : new StorageKeys(new DataKey(keys.Pending), new DataKey(keys.Current));
    }
}
