using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.SwarmMode;

/// <summary>This machine's part in a swarm: none, worker or manager.</summary>
/// <remarks>
/// Thread-safe. Every refusal is a <see cref="RefusedException"/> in Docker's words. Init, join, leave and unlock run
/// one at a time; what runs the node is <see cref="RunAsync"/>, which the daemon supervises.
/// </remarks>
public sealed partial class SwarmNode : IDisposable
{
    private const string AlreadyPart =
        "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and join another one.";

    private const string StillJoining =
        "Timeout was reached before node joined. The attempt to join the swarm will continue in the background. " +
        "Use the \"docker info\" command to see the current swarm status of your node.";

    private const string StillStarting =
        "The swarm is unlocked, but this node has not heard of a leader yet. The attempt will continue in the " +
        "background. When most managers are lost for good, \"docker swarm init --force-new-cluster\" makes the swarm " +
        "anew from this one.";

    private readonly SwarmParts parts;
    private readonly NodeFolder folder;
    private readonly SemaphoreSlim changes = new(1, 1);

    internal SwarmNode(SwarmParts parts)
    {
        this.parts = parts;
        folder = new NodeFolder(Path.Combine(parts.DataRoot, "swarm"));
    }

    public SwarmStatus Status => run?.Status ?? SwarmStatus.Inactive;

    /// <summary>Makes a new swarm with this node as its first manager.</summary>
    /// <returns>The node's id.</returns>
    public async Task<string> InitAsync(InitOptions options, CancellationToken stop)
    {
        using Held held = await HoldAsync(stop);
        NodeSettings? before = run?.Settings;
        if (run is { } present)
        {
            if (!options.ForceNewCluster)
            {
                throw Unavailable(AlreadyPart);
            }

            if (!present.Status.IsManager)
            {
                throw Unavailable(
                    present.Status.State == LocalNodeState.Locked ? SwarmWords.Locked : SwarmWords.NotManager);
            }
        }

        string unlockKey = run?.LockedWith ?? "";
        (NodeSettings settings, NodeStart start) = NodeStarts.ForInit(options, before, parts.Addresses());
        await StopRunAsync();
        if (before is null)
        {
            // What a beginning that was cut off may have left.
            folder.Clear();
        }

        NodeRun started = Start(settings, start with { UnlockKey = unlockKey });
        try
        {
            await started.Ready.WaitAsync(stop);
        }
        catch (Exception)
        {
            await StopRunAsync();
            if (before is null)
            {
                folder.Clear();
            }
            else
            {
                // The swarm is still on the disk, and only that: who is in none may make another one in its place.
                folder.Save(before);
                Start(before, NodeStart.FromDisk with { UnlockKey = unlockKey });
            }

            throw;
        }

        return started.Status.NodeId;
    }

    public async Task JoinAsync(JoinOptions options, CancellationToken stop)
    {
        using Held held = await HoldAsync(stop);
        if (run is not null)
        {
            throw Unavailable(AlreadyPart);
        }

        (NodeSettings settings, NodeStart start) = NodeStarts.ForJoin(options, parts.Addresses());
        folder.Clear();
        NodeRun started = Start(settings, start);
        try
        {
            await started.Ready.WaitAsync(SwarmLimits.JoinAnswer, parts.Time, stop);
        }
        catch (TimeoutException e)
        {
            throw new RefusedException(ErrorKind.Unavailable, StillJoining, e);
        }
        catch (Exception) when (started.Ready.IsFaulted)
        {
            await StopRunAsync();
            folder.Clear();
            throw;
        }
    }

    /// <param name="force">Also when the node is a manager, or locked.</param>
    public async Task LeaveAsync(bool force, CancellationToken stop)
    {
        using Held held = await HoldAsync(stop);
        NodeRun present = run ?? throw Unavailable("This node is not part of a swarm");
        if (!force)
        {
            await CheckLeaveAsync(present, stop);
        }

        await StopRunAsync();
        folder.Clear();
        await parts.Tasks.RemoveUnknownAsync(static _ => false, stop);
        await ForgetNetworksAsync(stop);
    }

    private async Task CheckLeaveAsync(NodeRun present, CancellationToken stop)
    {
        SwarmStatus status = present.Status;
        if (status.State == LocalNodeState.Locked || !status.IsManager || present.Control is not { } control)
        {
            LeaveChecks.Check(status, null, isReachable: false);
            return;
        }

        IReadOnlyList<Node> nodes;
        using var late = new CancellationTokenSource(SwarmLimits.LeaveQuestion, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            nodes = await control.ListNodesAsync(ObjectQuery.All, either.Token);
        }
        catch (Exception e) when (
            e is RefusedException || (e is OperationCanceledException && late.IsCancellationRequested))
        {
            LeaveChecks.Check(status, null, isReachable: false);
            return;
        }

        ILookup<Reachability?, Node> managers = nodes.ToLookup(static node => node.ManagerStatus?.Reachability);
        bool isReachable = managers[Reachability.Reachable].Any(node => node.Id.Value == status.NodeId);
        LeaveChecks.Check(
            status,
            (managers[Reachability.Reachable].Count(), managers[Reachability.Unreachable].Count()),
            isReachable);
    }

    /// <param name="key">SWMKEY-1-…; a secret.</param>
    public async Task UnlockAsync(string key, CancellationToken stop)
    {
        using Held held = await HoldAsync(stop);
        NodeRun present = run ?? throw Unavailable(SwarmWords.NotInSwarm);
        if (present.Status.State != LocalNodeState.Locked)
        {
            throw present.Status.ControlAvailable
                ? new RefusedException(ErrorKind.Conflict, "swarm is not locked")
                : Unavailable(SwarmWords.WhyNoControl(present.Status));
        }

        NodeStart start = NodeStarts.ForUnlock(key);
        NodeSettings settings = present.Settings;
        await StopRunAsync();
        NodeRun started = Start(settings, start);
        try
        {
            await started.Ready.WaitAsync(SwarmLimits.UnlockAnswer, parts.Time, stop);
        }
        catch (TimeoutException e)
        {
            throw new RefusedException(ErrorKind.Unavailable, StillStarting, e);
        }
    }

    public void Dispose() => changes.Dispose();

    private async Task<Held> HoldAsync(CancellationToken stop)
    {
        await changes.WaitAsync(stop);
        return new Held(changes);
    }

    private static RefusedException Unavailable(string message) => new(ErrorKind.Unavailable, message);

    private readonly struct Held(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
