using System.Security.Authentication;
using Skep.Manager.Consensus;
using Skep.Swarm;
using Skep.Swarm.Store;
using Skep.Transport.Rpc;

namespace Skep.Manager.Control;

/// <summary>What users ask of any manager: done here by the one that leads, else asked of the leader.</summary>
/// <remarks>
/// A leader may go while it is asked. What was certainly not carried out is asked again of the next one, for
/// <see cref="ControlLimits.LeaderPatience"/>; what may have been carried out is not, and the user is told.
/// </remarks>
public sealed partial class ForwardingControl(ISwarmControl own, FindLeader find, TimeProvider time) : ISwarmControl
{
    private async Task<T> AtLeaderAsync<T>(Func<ISwarmControl, Task<T>> ask, CancellationToken stop)
    {
        long begin = time.GetTimestamp();
        while (true)
        {
            RefusedException refusal;
            try
            {
                return await AskAsync(ask, stop);
            }
            catch (NotCarriedOutException notDone)
            {
                refusal = notDone.Refusal;
            }
            if (time.GetElapsedTime(begin) >= ControlLimits.LeaderPatience)
            {
                throw refusal;
            }
            await Task.Delay(ControlLimits.LeaderRetry, time, stop);
        }
    }

    private Task AtLeaderAsync(Func<ISwarmControl, Task> ask, CancellationToken stop) => AtLeaderAsync(
        async at =>
        {
            await ask(at);
            return true;
        },
        stop);

    private async Task<T> AskAsync<T>(Func<ISwarmControl, Task<T>> ask, CancellationToken stop)
    {
        ISwarmControl leader = await FindAsync(stop);
        try
        {
            return await ask(leader);
        }
        catch (RpcException error)
        {
            var refusal = RpcErrors.ToRefusal(error);
            throw NeverArrived(error) || Refusals.IsNotLeader(refusal) ? new NotCarriedOutException(refusal) : refusal;
        }
        catch (RefusedException refusal) when (Refusals.IsNotLeader(refusal))
        {
            throw new NotCarriedOutException(refusal);
        }
        catch (ObjectDisposedException)
        {
            // The channel was closed for another leader before the call was sent.
            throw new NotCarriedOutException(Refusals.NotLeader());
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw Refusals.LeadershipLost();
        }
    }

    private async Task<ISwarmControl> FindAsync(CancellationToken stop)
    {
        try
        {
            return await find(stop) is { } channel ? new ControlClient(channel) : own;
        }
        catch (RpcException)
        {
            throw new NotCarriedOutException(Refusals.NoLeader());
        }
    }

    /// <summary>There was not even a connection.</summary>
    private static bool NeverArrived(RpcException error) => error.InnerException switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => true,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => true,
        HttpRequestException { InnerException: AuthenticationException } => true,
        OperationCanceledException { InnerException: TimeoutException } => true,
        _ => false,
    };

    private sealed class NotCarriedOutException(RefusedException refusal) : Exception(refusal.Message)
    {
        public RefusedException Refusal => refusal;
    }
}
