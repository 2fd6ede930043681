using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.Agent.Session;

/// <summary>Keeps a node in touch with its swarm: one session after another, with whichever manager answers.</summary>
/// <remarks>
/// Any manager will do; one that does not lead sends what we say on to the leader. After a failure the next try waits a
/// random time below a bound that grows to 8 s, so that the nodes of a lost manager do not all come at once.
/// </remarks>
public sealed class AgentSession(SessionParts parts)
{
    private volatile SessionRound? current;
    private volatile CancellationTokenSource? again;

    /// <summary>Ends with <paramref name="stop"/> only.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        parts.Credentials.Changed += Renew;
        try
        {
            string session = "";
            TimeSpan bound = TimeSpan.Zero;
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                (string id, bool wasRegistered, bool hasFailed) = await RunRoundAsync(session, stop);
                session = id;
                bound = wasRegistered ? TimeSpan.Zero : bound;
                if (hasFailed)
                {
                    bound = NextBound(bound);
                    await Task.Delay(Draw(bound), parts.Time, stop);
                }
            }
        }
        finally
        {
            parts.Credentials.Changed -= Renew;
        }
    }

    /// <summary>
    /// Begins again with a new connection: the certificate, the role or the local manager has changed.
    /// </summary>
    public void Renew()
    {
        try
        {
            again?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The round has just ended by itself, and the next one begins anew in any case.
        }
    }

    /// <summary>Reports how tasks fare.</summary>
    /// <exception cref="RpcException">Not reported; to be tried again, except for a refused permission.</exception>
    public Task ReportAsync(IReadOnlyList<(TaskId Task, SwarmTaskStatus Status)> reports, CancellationToken stop) =>
        Round().ReportAsync(reports, stop);

    /// <summary>Asks for a place on a network for a container of this machine's own.</summary>
    /// <returns>The task that shall come with it.</returns>
    /// <exception cref="RpcException">Refused, or no manager answers.</exception>
    public Task<TaskId> AttachAsync(
        NetworkAttachmentConfig wish, string containerId, CancellationToken stop) =>
        Round().AttachAsync(wish, containerId, stop);

    /// <summary>Gives it back.</summary>
    /// <exception cref="RpcException">Refused, or no manager answers.</exception>
    public Task DetachAsync(TaskId attachment, CancellationToken stop) => Round().DetachAsync(attachment, stop);

    internal static TimeSpan NextBound(TimeSpan bound)
    {
        TimeSpan next = SessionLimits.FirstPause + (bound * 2);
        return next < SessionLimits.LongestPause ? next : SessionLimits.LongestPause;
    }

    private SessionRound Round() =>
        current ?? throw new RpcException(RpcStatus.Unavailable, "the node has no session with a manager");

    private TimeSpan Draw(TimeSpan bound) =>
        TimeSpan.FromMilliseconds(parts.Ids.NewNumber(Math.Max(1, (int)bound.TotalMilliseconds)));

    private async Task<(string Session, bool WasRegistered, bool HasFailed)> RunRoundAsync(
        string session, CancellationToken stop)
    {
        RpcChannel? local = parts.Local();
        Peer? manager = local is null ? parts.Managers.Choose() : null;
        if (local is null && manager is null)
        {
            parts.OnState(new SessionState(false, null, "no manager is known"));
            return (session, false, true);
        }

        using RpcChannel? remote = manager is null ? null : RpcChannel.ToNode(manager.Addr, new RpcChannelOptions
        {
            Tls = () => parts.Credentials.ClientOptions(NodeIdentity.ManagerName),
        });
        using var restart = CancellationTokenSource.CreateLinkedTokenSource(stop);
        again = restart;
        var round = new SessionRound(parts, local ?? remote!, session);
        string error = "";
        try
        {
            await round.RunAsync(
                () =>
                {
                    current = round;
                    parts.OnState(new SessionState(true, manager, ""));
                },
                restart.Token);
        }
        catch (RpcException e)
        {
            error = e.Detail;
            parts.Log.Warn(
                "the session with a manager ended", ("manager", manager?.Addr ?? "local"), ("reason", error));
        }
        catch (OperationCanceledException) when (restart.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            parts.Log.Debug("the session begins anew", ("manager", manager?.Addr ?? "local"));
        }
        finally
        {
            again = null;
            current = null;
        }

        if (manager is not null && error.Length > 0)
        {
            parts.Managers.ObserveKnown(manager, -ManagerList.GoodWeight);
        }

        parts.OnState(new SessionState(false, manager, error));
        return (round.Id, round.IsRegistered, error.Length > 0);
    }
}
