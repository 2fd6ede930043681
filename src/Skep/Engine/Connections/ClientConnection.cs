using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Skep.Engine.Connections;

/// <summary>A client's connection, as Kestrel sees it, which a request may take over.</summary>
/// <remarks>
/// Kestrel ends an HTTP/1.1 connection when the client stops sending. Docker's CLI does that to end a container's stdin
/// and reads on. So Kestrel gets pipes and a token of ours: once the connection is taken over, Kestrel reads an end,
/// what it writes goes nowhere, and the client's end of sending is no longer the end of the connection.
/// </remarks>
internal sealed class ClientConnection : ConnectionContext, IDuplexPipe
{
    private readonly ConnectionContext inner;
    private readonly CancellationTokenSource closed = new();
    private readonly CancellationTokenRegistration innerClosed;
    private readonly TakenOverReader reader;
    private readonly TakenOverWriter writer;

    public ClientConnection(ConnectionContext inner, Stream? encrypted, TimeProvider time)
    {
        this.inner = inner;
        Encrypted = encrypted;
        Time = time;
        Socket = inner.Features.Get<IConnectionSocketFeature>()?.Socket;
        reader = new TakenOverReader(encrypted is null ? inner.Transport.Input : PipeReader.Create(encrypted));
        writer = new TakenOverWriter(encrypted is null ? inner.Transport.Output : PipeWriter.Create(encrypted));
        Transport = this;
        innerClosed = inner.ConnectionClosed.Register(OnClosed);
        inner.Features.Set(this);
    }

    public bool IsTakenOver { get; private set; }

    /// <summary>The kernel's end of it.</summary>
    public Socket? Socket { get; }

    /// <summary>The TLS stream over the transport; null: plain.</summary>
    public Stream? Encrypted { get; }

    public TimeProvider Time { get; }

    /// <summary>Cancelled when the client finished sending, or is gone.</summary>
    public CancellationToken InputEnded => inner.ConnectionClosed;

    public override string ConnectionId
    {
        get => inner.ConnectionId;
        set => inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => inner.Items;
        set => inner.Items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed
    {
        get => closed.Token;
        set => throw new NotSupportedException("the token of a connection is its own");
    }

    public override EndPoint? LocalEndPoint
    {
        get => inner.LocalEndPoint;
        set => inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => inner.RemoteEndPoint;
        set => inner.RemoteEndPoint = value;
    }

    PipeReader IDuplexPipe.Input => reader;

    PipeWriter IDuplexPipe.Output => writer;

    /// <summary>Takes the connection out of HTTP. Only inside a request whose body has been read.</summary>
    public HijackedStream TakeOver()
    {
        IsTakenOver = true;
        return new HijackedStream(this, reader.TakeOver(), writer.TakeOver());
    }

    /// <remarks>
    /// Kestrel gives up a connection whose reading it saw end, and an abort resets it: the last of what was written
    /// would be lost. Once taken over, the connection ends when its request does.
    /// </remarks>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (!IsTakenOver)
        {
            inner.Abort(abortReason);
        }
    }

    /// <summary>The transport below belongs to Kestrel, which closes it itself.</summary>
    public override async ValueTask DisposeAsync()
    {
        await innerClosed.DisposeAsync();
        closed.Dispose();
    }

    private void OnClosed()
    {
        if (!IsTakenOver)
        {
            closed.Cancel();
        }
    }
}
