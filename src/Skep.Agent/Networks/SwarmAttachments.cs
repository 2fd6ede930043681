using System.Collections.Concurrent;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Rpc;

namespace Skep.Agent.Networks;

/// <summary>What is asked of managers.</summary>
/// <param name="Attach">The task that shall come with the place, for the container with that id.</param>
/// <param name="Detach">Forgets the task.</param>
public sealed record AttachmentCalls(
    Func<NetworkAttachmentConfig, string, CancellationToken, Task<TaskId>> Attach,
    Func<TaskId, CancellationToken, Task> Detach);

/// <summary>Containers of this machine's own on networks of the swarm.</summary>
/// <remarks>
/// The managers give such a container its addresses by a task of this node, which comes the way that all tasks come;
/// whoever asked waits for it here. The task lives as long as the container is on the network. May be called from any
/// thread.
/// </remarks>
public sealed class SwarmAttachments(TimeProvider time, Log log)
{
    /// <summary>As long as Docker waits for its managers (daemon/cluster, swarmRequestTimeout).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<TaskId, Attachment> attachments = new();

    // Containers for which a manager is being asked: a task may come before the manager's answer does.
    private readonly ConcurrentDictionary<string, int> asking = new();

    /// <summary>The way to the managers; null while this node is in no swarm.</summary>
    public AttachmentCalls? Managers { get; set; }

    /// <summary>Whether a container is here and on the network with that id. Set once, before any task.</summary>
    public Func<string, string, bool> IsOn { get; set; } = static (_, _) => false;

    /// <summary>Takes a container off the network with that id. Set once, before any task.</summary>
    public Func<string, string, CancellationToken, Task> Disconnect { get; set; } =
        static (_, _, _) => Task.CompletedTask;

    /// <summary>Asks the managers for a place on a network, and waits for it.</summary>
    /// <param name="wish">
    /// The network by name or id, the addresses that the user wants, if any, and the names that others find it by.
    /// </param>
    /// <param name="containerId">Whole.</param>
    /// <param name="stop">When to give up; the place is given back then.</param>
    /// <exception cref="RefusedException">In Docker's words.</exception>
    public async Task<NetworkAttachment> AttachAsync(
        NetworkAttachmentConfig wish, string containerId, CancellationToken stop)
    {
        AttachmentCalls managers = Managers ?? throw new RefusedException(
            ErrorKind.Unavailable, "invalid cluster node while attaching to network");
        asking.AddOrUpdate(containerId, 1, static (_, count) => count + 1);
        Attachment attachment;
        TaskId id;
        try
        {
            id = await AskAsync(managers, wish, containerId, stop);
            attachment = attachments.GetOrAdd(id, static _ => new Attachment());
            attachment.IsAsked = true;
        }
        finally
        {
            asking.AddOrUpdate(containerId, 0, static (_, count) => count - 1);
            asking.TryRemove(KeyValuePair.Create(containerId, 0));
        }

        try
        {
            SwarmTask task = await attachment.Given.Task.WaitAsync(Patience, time, stop);
            return task.Networks[0];
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            attachment.Detached.TrySetResult();
            await ReleaseAsync(id, stop);
            stop.ThrowIfCancellationRequested();
            throw new RefusedException(
                ErrorKind.Failed,
                "attaching to network failed, make sure your network options are correct and check manager logs: "
                + "context deadline exceeded",
                e);
        }
    }

    /// <summary>The container is off the network; its place is given back. Nothing if it had none.</summary>
    /// <param name="network">By name or id.</param>
    /// <param name="containerId">Whole.</param>
    /// <param name="stop">When to give up; the managers hear of it later, then.</param>
    public async Task DetachAsync(string network, string containerId, CancellationToken stop)
    {
        foreach ((TaskId id, Attachment attachment) in attachments)
        {
            if (attachment.Task is { } task && ContainerOf(task) == containerId && IsMeant(task, network)
                && attachment.Detached.TrySetResult())
            {
                await ReleaseAsync(id, stop);
            }
        }
    }

    /// <summary>The container has ended: it is on no network any more.</summary>
    public async Task DetachAllAsync(string containerId, CancellationToken stop)
    {
        foreach ((TaskId id, Attachment attachment) in attachments)
        {
            if (attachment.Task is { } task && ContainerOf(task) == containerId && attachment.Detached.TrySetResult())
            {
                await ReleaseAsync(id, stop);
            }
        }
    }

    internal static string ContainerOf(SwarmTask task) =>
        task.Spec.Runtime is NetworkAttachmentSpec spec ? spec.ContainerId : "";

    /// <summary>A manager gave a place; whoever waits for it goes on.</summary>
    internal void Offer(SwarmTask task)
    {
        Attachment attachment = attachments.GetOrAdd(task.Id, static _ => new Attachment());
        attachment.Task = task;
        attachment.Given.TrySetResult(task);
    }

    /// <summary>Ends when the container is off the network.</summary>
    internal Task WaitAsync(SwarmTask task, CancellationToken stop)
    {
        Attachment attachment = attachments.GetOrAdd(task.Id, static _ => new Attachment());
        attachment.Task = task;
        string container = ContainerOf(task);
        bool isLeftOver = !attachment.IsAsked && !asking.ContainsKey(container) && !IsOn(container, NetworkOf(task));
        return isLeftOver ? Task.CompletedTask : attachment.Detached.Task.WaitAsync(stop);
    }

    /// <summary>The managers want the container off the network.</summary>
    internal async Task EndAsync(SwarmTask task, CancellationToken stop)
    {
        if (attachments.TryGetValue(task.Id, out Attachment? attachment) && attachment.Detached.TrySetResult()
            && IsOn(ContainerOf(task), NetworkOf(task)))
        {
            await Disconnect(ContainerOf(task), NetworkOf(task), stop);
        }
    }

    internal void Forget(TaskId id) => attachments.TryRemove(id, out _);

    private static string NetworkOf(SwarmTask task) => task.Networks is [{ Network: { } network }, ..]
        ? network.Id.Value
        : "";

    private static bool IsMeant(SwarmTask task, string network) => NetworkOf(task) == network
        || task.Networks.Any(one => one.Network?.Spec.Annotations.Name == network);

    private static async Task<TaskId> AskAsync(
        AttachmentCalls managers, NetworkAttachmentConfig wish, string containerId, CancellationToken stop)
    {
        try
        {
            return await managers.Attach(wish, containerId, stop);
        }
        catch (RpcException e)
        {
            RefusedException refusal = RpcErrors.ToRefusal(e);
            throw new RefusedException(
                refusal.Kind, $"Could not attach to network {wish.Target}: {refusal.Message}", refusal);
        }
    }

    // That the task has ended reaches the managers in any case; asked to, they forget it at once.
    private async Task ReleaseAsync(TaskId id, CancellationToken stop)
    {
        try
        {
            if (Managers is { } managers)
            {
                await managers.Detach(id, stop);
            }
        }
        catch (RpcException e)
        {
            log.Info("a place on a network is given back later", ("task", id), ("reason", e.Detail));
        }
    }

    private sealed class Attachment
    {
        private volatile SwarmTask? task;
        private volatile bool isAsked;

        public TaskCompletionSource<SwarmTask> Given { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Detached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SwarmTask? Task
        {
            get => task;
            set => task = value;
        }

        /// <summary>Somebody of this daemon asked for it; otherwise it may be left over from an earlier one.</summary>
        public bool IsAsked
        {
            get => isAsked;
            set => isAsked = value;
        }
    }
}
