using System.Collections.Immutable;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.SwarmMode;

// Managers this node knows, what it gets from them, and when it counts as part of the swarm.
internal sealed partial class NodeRun
{
    private volatile CertificateRenewal? renewal;

    /// <summary>Host and port of every manager to try, the one of the join first.</summary>
    private ImmutableArray<string> ManagerAddresses()
    {
        NodeSettings now = settings;
        IEnumerable<string> known = now.Managers.Where(one => one.NodeId != credentials?.Node.Value)
            .Select(one => one.Address);
        IEnumerable<string> joined = now.RemoteAddress.Length > 0 ? [now.RemoteAddress] : [];
        return [.. start.JoinAddresses.Concat(known).Concat(joined).Distinct()];
    }

    private CertificateRequests Requests() => new(() => ManagerAddresses(), parts.Time, parts.Log)
    {
        Local = () => manager?.Ready.IsCompletedSuccessfully == true ? localChannel : null,
    };

    private async Task<NodeKeys> JoinAsync(NodeStart next, CancellationToken stop)
    {
        if (next.JoinToken.Length == 0)
        {
            throw new RefusedException(
                ErrorKind.Failed,
                "this node's keys are gone: leave the swarm with \"docker swarm leave --force\" and join it again");
        }

        IssuedIdentity issued = await Requests().JoinAsync(
            JoinToken.Parse(next.JoinToken), FoundingSteps.AvailabilityOf(settings.Availability), stop);
        bool isManager = issued.Certificate.Identity.Role == NodeRole.Manager;
        return new NodeKeys(
            issued.Certificate,
            issued.Trust,
            isManager ? DataKeys.New() : null,
            isManager ? issued.UnlockKey : null,
            issued.LockVersion);
    }

    private async Task BecomeReadyAsync(CancellationToken stop)
    {
        await WaitForManagerAsync(stop);
        await registered.Task.WaitAsync(stop);
        Save(static now => now with { IsJoining = false });
        problem = "";
        ready.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, stop);
    }

    /// <summary>
    /// Until the manager of this node is ready. A node that was demoted while it was away finds that out by itself, and
    /// has none to wait for.
    /// </summary>
    private async Task WaitForManagerAsync(CancellationToken stop)
    {
        while (credentials!.Role == NodeRole.Manager)
        {
            if (manager?.Ready is { IsCompleted: true } begun)
            {
                await begun;
                return;
            }

            await Task.Delay(SwarmLimits.ManagerPoll, parts.Time, stop);
        }
    }
}
