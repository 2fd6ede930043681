using Microsoft.AspNetCore.Http.Features;

namespace Skep.Transport.Rpc;

/// <summary>What may end a call: its client, its deadline, the server, or a right that was taken away.</summary>
internal sealed partial class RpcCall
{
    private CancellationTokenSource? source;
    private CancellationTokenRegistration clientGone;
    private CancellationTokenRegistration serverEnding;
    private ITimer? deadlineTimer;
    private RpcStream? stream;

    public CancellationToken Stop { get; private set; }

    /// <summary>The client's own deadline has passed.</summary>
    public bool IsLate { get; private set; }

    public bool IsCut => stream is { IsCut: true };

    public bool IsClientGone => features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted.IsCancellationRequested;

    /// <param name="deadline">The client's; null: none.</param>
    public void Admit(RpcCaller caller, TimeSpan? deadline)
    {
        Caller = caller;
        Stop = features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;
        if (deadline is { } time)
        {
            OwnSource();
            deadlineTimer = server.Options.Time.CreateTimer(
                static state => ((RpcCall)state!).EndLate(), this, time, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>From here on the call may last: the server's end and a lost right end it.</summary>
    public void BeginStream()
    {
        CancellationTokenSource own = OwnSource();
        stream = new RpcStream(Caller, own);
        server.Peers.Add(stream);
        serverEnding = server.Ending.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), own);
    }

    /// <summary>Lets go of timers and registrations. The call is over.</summary>
    public async ValueTask EndAsync()
    {
        if (stream is not null)
        {
            server.Peers.Remove(stream);
        }

        if (deadlineTimer is not null)
        {
            await deadlineTimer.DisposeAsync();
        }

        await clientGone.DisposeAsync();
        await serverEnding.DisposeAsync();
        ForgetEndings();
    }

    private void ForgetEndings()
    {
        source = null;
        clientGone = default;
        serverEnding = default;
        deadlineTimer = null;
        stream = null;
        IsLate = false;
        Stop = default;
    }

    // Never disposed of: it has no timer, and a late hand may still cancel it.
    private CancellationTokenSource OwnSource()
    {
        if (source is null)
        {
            source = new CancellationTokenSource();
            clientGone = Stop.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
            Stop = source.Token;
        }

        return source;
    }

    private void EndLate()
    {
        IsLate = true;
        source?.Cancel();
    }
}

/// <summary>A call that may last, as those see it who may have to end it. Never used for a second call.</summary>
internal sealed class RpcStream(RpcCaller caller, CancellationTokenSource source)
{
    public RpcCaller Caller => caller;

    /// <summary>The caller lost its rights while the call went on.</summary>
    public bool IsCut { get; private set; }

    public void Cut()
    {
        IsCut = true;
        source.Cancel();
    }
}
