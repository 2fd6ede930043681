using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Skep.Linux.Sockets;

namespace Skep.Engine.Connections;

/// <summary>A connection taken out of HTTP: raw bytes both ways, each way with its own end.</summary>
/// <remarks>
/// Reading 0 bytes: the client sends no more, and may still listen. <see cref="ClientGone"/>: it listens no more.
/// One reader and one writer at a time. Dispose ends our side, waits a little for the client to close, and lets go.
/// </remarks>
internal sealed class HijackedStream : Stream
{
    private readonly ClientConnection connection;
    private readonly PipeReader input;
    private readonly PipeWriter output;
    private readonly CancellationTokenSource gone = new();
    private readonly CancellationTokenRegistration inputEnded;
    private readonly Lock gate = new();
    private ITimer? peerCheck;
    private bool isDisposed;

    public HijackedStream(ClientConnection connection, PipeReader input, PipeWriter output)
    {
        this.connection = connection;
        this.input = input;
        this.output = output;
        inputEnded = connection.InputEnded.Register(WatchPeer);
    }

    /// <summary>Cancelled when nobody reads any more what is written here.</summary>
    public CancellationToken ClientGone => gone.Token;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult result;
        try
        {
            result = await input.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            gone.Cancel();
            return 0; // A reset ends the stream like any other end.
        }

        int length = (int)Math.Min(buffer.Length, result.Buffer.Length);
        var taken = result.Buffer.Slice(0, length);
        int offset = 0;
        foreach (ReadOnlyMemory<byte> part in taken)
        {
            part.CopyTo(buffer[offset..]);
            offset += part.Length;
        }

        input.AdvanceTo(taken.End);
        return length;
    }

    /// <exception cref="ClientGoneException">Nobody reads any more.</exception>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            if (connection.Encrypted is null && connection.Socket is { } socket)
            {
                // Past Kestrel's pipe, which cannot end one way only: nothing of an earlier answer is left in it,
                // for the client had it before it sent this request.
                while (!buffer.IsEmpty)
                {
                    buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, cancellationToken)..];
                }

                return;
            }

            FlushResult result = await output.WriteAsync(buffer, cancellationToken);
            if (result.IsCompleted)
            {
                throw new ClientGoneException(null);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            gone.Cancel();
            throw new ClientGoneException(e);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            isDisposed = true;
        }

        await EndOutputAsync();
        await LingerAsync();
        await inputEnded.DisposeAsync();
        peerCheck?.Dispose();
        await input.CompleteAsync();
        await base.DisposeAsync();
    }

    private async Task EndOutputAsync()
    {
        try
        {
            if (connection.Encrypted is SslStream tls)
            {
                await tls.ShutdownAsync();
            }
            else
            {
                connection.Socket?.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            gone.Cancel(); // It went first.
        }
    }

    // Closing with bytes unread resets the connection, and the client could lose the last of what it was sent.
    private async Task LingerAsync()
    {
        using var late = new CancellationTokenSource(HttpLimits.Linger, connection.Time);
        byte[] rest = new byte[4096];
        try
        {
            while (!gone.IsCancellationRequested && await ReadAsync(rest, late.Token) > 0)
            {
                // What comes now has no reader any more.
            }
        }
        catch (OperationCanceledException)
        {
            return; // It had its time.
        }
    }

    // Once the client has ended its side, only the kernel can tell whether it still listens.
    private void WatchPeer()
    {
        lock (gate)
        {
            if (!isDisposed && connection.Socket is not null)
            {
                peerCheck = connection.Time.CreateTimer(
                    CheckPeer, null, HttpLimits.PeerCheck, HttpLimits.PeerCheck);
            }
        }
    }

    private void CheckPeer(object? state)
    {
        lock (gate)
        {
            if (isDisposed || !SocketPeer.IsGone(connection.Socket!))
            {
                return;
            }

            peerCheck?.Dispose();
        }

        gone.Cancel();
    }
}

/// <summary>The other end of a taken-over connection is no more: the end of a stream, and nobody's fault.</summary>
internal sealed class ClientGoneException(Exception? inner) : IOException("the client is gone", inner);
