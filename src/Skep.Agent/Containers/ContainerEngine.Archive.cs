using Skep.Agent.Archive;
using Skep.Agent.Containerd;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Mounts;
using Skep.Agent.Oci;
using Skep.Docker.Engine;
using Skep.Linux.Files;

namespace Skep.Agent.Containers;

// Files in and out of containers, running or not.
public sealed partial class ContainerEngine
{
    public Task<PathStat> StatPathAsync(string idOrName, string path, CancellationToken stop)
    {
        Container container = Find(idOrName);
        return InTreeAsync(
            container, tree => Task.FromResult(new CopyOut(tree, path, idOrName).Stat), stop);
    }

    /// <summary>Sends a file or a folder as a tar archive.</summary>
    /// <param name="begin">
    /// Starts the answer, with what the path is: called once nothing can be refused any more.
    /// </param>
    public Task GetArchiveAsync(
        string idOrName,
        string path,
        Func<PathStat, CancellationToken, Task<Stream>> begin,
        CancellationToken stop)
    {
        Container container = Find(idOrName);
        return InTreeAsync(
            container,
            async tree =>
            {
                var copy = new CopyOut(tree, path, idOrName);
                Stream target = await begin(copy.Stat, stop);
                await copy.WriteAsync(target, stop);
                Publish(container, "archive-path");
                return true;
            },
            stop);
    }

    /// <summary>Unpacks a tar archive in a folder of the container.</summary>
    /// <param name="keepsKinds">A folder is not replaced by something else, nor the other way round.</param>
    /// <param name="asContainerUser">Everything shall be owned by the container's user.</param>
    public Task PutArchiveAsync(
        string idOrName,
        string path,
        Stream content,
        bool keepsKinds,
        bool asContainerUser,
        CancellationToken stop)
    {
        Container container = Find(idOrName);
        return InTreeAsync(
            container,
            async tree =>
            {
                (uint, uint)? owner = asContainerUser ? OwnerIn(tree.Root, container.Record) : null;
                var copy = new CopyIn(
                    tree,
                    path,
                    idOrName,
                    new CopyInOptions(keepsKinds, owner, container.Record.HostConfig.Privileged));
                await copy.ReadAsync(content, stop);
                Publish(container, "extract-to-dir");
                return true;
            },
            stop);
    }

    private static (uint Uid, uint Gid)? OwnerIn(SafeRoot root, ContainerRecord record)
    {
        if (record.Config.User.Length == 0)
        {
            return null;
        }

        UserIdentity user = UserLookup.Resolve(
            record.Config.User, ReadSmall(root, "etc/passwd"), ReadSmall(root, "etc/group"), groupAdd: null);
        return (user.Uid, user.Gid);
    }

    // A stopped container's file system is put together for the time of the copy, under the gate, so that no start
    // comes in between. A running one needs no gate: its first process keeps the tree.
    private async Task<T> InTreeAsync<T>(Container container, Func<ContainerTree, Task<T>> use, CancellationToken stop)
    {
        ContainerRecord record = container.Record;
        bool isReadOnly = record.HostConfig.ReadonlyRootfs;
        if (record.IsAlive)
        {
            using var running = ContainerTree.OfProcess(record.State.Pid, record.Mounts, isReadOnly);
            return await use(running);
        }

        return await WithGateAsync(
            container,
            async () =>
            {
                string holder = "copy-" + container.Id;
                MountsResponse root = await Containerd.CallAsync(
                    ContainerdApi.Snapshots.Mounts,
                    new MountsRequest { Snapshotter = Containerd.Snapshotter, Key = record.SnapshotKey },
                    stop);
                IReadOnlyList<ResolvedMount> resolved =
                    await mounts.ActivateAsync(container.Id, holder, record.Mounts, stop);
                try
                {
                    using TemporaryMount temporary = MountRoot(container.Id, root.Mounts);
                    using var tree = ContainerTree.OfSnapshot(temporary, resolved, record.Mounts, isReadOnly);
                    return await use(tree);
                }
                finally
                {
                    await mounts.DeactivateAsync(container.Id, holder, record.Mounts, CancellationToken.None);
                }
            },
            stop);
    }
}
