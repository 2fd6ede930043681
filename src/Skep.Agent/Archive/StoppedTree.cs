using Skep.Agent.Mounts;
using Skep.Docker.Mounts;

namespace Skep.Agent.Archive;

/// <summary>The files of a container that does not run, mounted for one piece of work.</summary>
public sealed class StoppedTree : IAsyncDisposable
{
    private readonly ContainerMounts owner;
    private readonly string containerId;
    private readonly string holder;
    private readonly IReadOnlyList<ContainerMount> mounts;
    private TemporaryMount? snapshot;
    private ContainerTree? tree;

    private StoppedTree(
        ContainerMounts owner, string containerId, string holder, IReadOnlyList<ContainerMount> mounts)
    {
        this.owner = owner;
        this.containerId = containerId;
        this.holder = holder;
        this.mounts = mounts;
    }

    public ContainerTree Tree => tree!;

    /// <param name="workId">Tells this work from others on the same container: they may overlap.</param>
    /// <param name="rootMounts">The snapshotter's mounts of the container's root.</param>
    /// <param name="rootIsReadOnly">HostConfig.ReadonlyRootfs.</param>
    public static async Task<StoppedTree> OpenAsync(
        Instance instance,
        ContainerMounts owner,
        string containerId,
        string workId,
        IEnumerable<(string Type, string Source, IReadOnlyList<string> Options)> rootMounts,
        IReadOnlyList<ContainerMount> mounts,
        bool rootIsReadOnly,
        CancellationToken stop)
    {
        string holder = $"{containerId}-{workId}";
        var opened = new StoppedTree(owner, containerId, holder, mounts);
        bool isDone = false;
        try
        {
            IReadOnlyList<ResolvedMount> resolved = await owner.ActivateAsync(containerId, holder, mounts, stop);
            opened.snapshot = TemporaryMount.Attach(instance, holder, rootMounts);
            opened.tree = ContainerTree.OfSnapshot(opened.snapshot, resolved, mounts, rootIsReadOnly);
            isDone = true;
            return opened;
        }
        finally
        {
            if (!isDone)
            {
                await opened.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        tree?.Dispose();
        snapshot?.Dispose();
        await owner.DeactivateAsync(containerId, holder, mounts, CancellationToken.None);
    }
}
