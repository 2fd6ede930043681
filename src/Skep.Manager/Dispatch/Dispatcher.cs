using System.Collections.Immutable;
using Skep.Manager.Measuring;
using Skep.Swarm.Store;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Manager.Dispatch;

/// <summary>
/// Speaks with every node of the swarm: sessions, heartbeats, assignments, reports. SwarmKit's dispatcher.
/// </summary>
/// <remarks>
/// Only the leader's answers; other managers send calls on to it (<see cref="RpcRoutes.AtLeader"/>). What it knows of
/// nodes begins anew with every time of leading (docs/internals/dispatcher.md). Thread-safe.
/// </remarks>
public sealed partial class Dispatcher(DispatcherParts parts)
{
    private readonly DispatchMeter meter = new();
    private volatile DispatchTerm? current;

    /// <param name="routes">Those of the leader.</param>
    public void AddTo(RpcRoutes routes) => routes
        .ServerStream(SwarmKitMethods.Dispatcher.Session, RpcAccess.Node, SessionAsync)
        .Unary(SwarmKitMethods.Dispatcher.Heartbeat, RpcAccess.Node, HeartbeatAsync)
        .Unary(SwarmKitMethods.Dispatcher.UpdateTaskStatus, RpcAccess.Node, UpdateTaskStatusAsync)
        .Unary(SwarmKitMethods.Dispatcher.UpdateVolumeStatus, RpcAccess.Node, UpdateVolumeStatusAsync)
        .ServerStream(SwarmKitMethods.Dispatcher.Tasks, RpcAccess.Node, TasksAsync)
        .ServerStream(SwarmKitMethods.Dispatcher.Assignments, RpcAccess.Node, AssignmentsAsync);

    /// <summary>Answers nodes while this manager leads: until it is told to stop.</summary>
    public async Task LeadAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var term = new DispatchTerm(parts, over.Token);
        term.Begin();
        current = term;
        Task writing = term.Writer.RunAsync(over.Token);
        Task looking = term.LookAsync(over.Token);
        Task ended = await Task.WhenAny(writing, looking);
        current = null;
        await over.CancelAsync();
        term.WakeEverybody();
        try
        {
            await Task.WhenAll(writing, looking);
        }
        catch (OperationCanceledException)
        {
            // The second one ends because the first one has.
        }

        await ended;
    }

    /// <summary>Tells nodes what was committed. Called in the order of commits; quick.</summary>
    /// <param name="changes">Empty: anything may have changed.</param>
    public void OnCommitted(ImmutableArray<StoreChange> changes) => current?.OnCommitted(changes);

    /// <summary>The managers are others, or elsewhere: every node is told.</summary>
    public void OnManagersChanged() => current?.WakeEverybody();

    public DispatchSample Measure() => meter.Read(current?.SessionCount ?? 0);

    private DispatchTerm Term => current ?? throw new RpcException(RpcStatus.Aborted, "dispatcher is stopped");
}
