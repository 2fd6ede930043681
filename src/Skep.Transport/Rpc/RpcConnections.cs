using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Skep.Transport.Rpc;

/// <summary>Lets connections in: counts them, bounds their handshakes, looks at their certificates.</summary>
/// <remarks>
/// A certificate is asked for, not demanded: nodes that join have none. One that is shown must be of this swarm, or the
/// handshake fails. The port is open to strangers, so everything before the first call has a deadline and a count.
/// </remarks>
internal sealed class RpcConnections(RpcServerOptions options, RpcPeerTable peers, Action beforeHttp)
{
    private readonly RpcAdmission admission = new();

    public int Count => admission.Connections;

    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate http)
    {
        IPAddress from = connection.RemoteEndPoint is IPEndPoint caller
            ? RpcPeer.Plain(caller).Address
            : IPAddress.None;
        if (!admission.TryConnect(from, out string refusal))
        {
            options.Log.Debug("a connection is turned away", ("from", from), ("reason", refusal));
            connection.Abort(new ConnectionAbortedException(refusal));
            return;
        }

        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            SocketWatch.Probe(socket, options.KeepAlive());
        }

        IDuplexPipe plain = connection.Transport;
        try
        {
            await using var stream = new SslStream(new TransportStream(plain));
            RpcPeer? peer = await HandshakeAsync(stream, connection, from);
            if (peer is null)
            {
                return;
            }

            bool isAnonymous = peer.ClientCertificate is null;
            if (isAnonymous && !admission.TryStayAnonymous())
            {
                connection.Abort(new ConnectionAbortedException("too many connections without a certificate"));
                return;
            }

            try
            {
                await ServeHttpAsync(connection, peer, stream, http);
            }
            finally
            {
                if (isAnonymous)
                {
                    admission.LeaveAnonymous();
                }

                peer.Release();
            }
        }
        finally
        {
            connection.Transport = plain;
            admission.Disconnect(from);
        }
    }

    private async Task ServeHttpAsync(
        ConnectionContext connection, RpcPeer peer, SslStream stream, ConnectionDelegate http)
    {
        var pipes = new TransportPipes(
            PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        if (!await HasSpokenAsync(pipes.Input, connection))
        {
            return;
        }

        connection.Transport = pipes;
        connection.Features.Set(peer);
        connection.Features.Set<ITlsConnectionFeature>(peer);
        connection.Features.Set<ITlsApplicationProtocolFeature>(peer);
        peers.Add(peer);
        try
        {
            beforeHttp();
            await http(connection);
        }
        finally
        {
            peers.Remove(peer);
            await pipes.Input.CompleteAsync();
            await pipes.Output.CompleteAsync();
        }
    }

    private async Task<RpcPeer?> HandshakeAsync(SslStream stream, ConnectionContext connection, IPAddress from)
    {
        if (!admission.TryBeginHandshake(from))
        {
            connection.Abort(new ConnectionAbortedException("too many TLS handshakes at once"));
            return null;
        }

        using var late = new CancellationTokenSource(RpcLimits.Handshake, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, connection.ConnectionClosed);
        var look = new ClientLook(options);
        try
        {
            await stream.AuthenticateAsServerAsync(look.Options(), either.Token);
            return look.ToPeer(connection);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            options.Log.Info(
                "TLS handshake failed",
                ("from", connection.RemoteEndPoint),
                ("node", look.ClaimedNode),
                ("error", late.IsCancellationRequested ? "it took too long" : e.Message));
            return null;
        }
        finally
        {
            admission.EndHandshake(from);
        }
    }

    /// <summary>Waits for the client's first bytes; what came stays in the pipe.</summary>
    private async Task<bool> HasSpokenAsync(PipeReader input, ConnectionContext connection)
    {
        using var late = new CancellationTokenSource(RpcLimits.Preface, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, connection.ConnectionClosed);
        try
        {
            ReadResult first = await input.ReadAtLeastAsync(Http2PrefaceBytes, either.Token);
            bool isWhole = first.Buffer.Length >= Http2PrefaceBytes;
            input.AdvanceTo(first.Buffer.Start);
            return isWhole;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            options.Log.Debug("a connection said nothing", ("from", connection.RemoteEndPoint));
            return false;
        }
    }

    // RFC 9113 section 3.4: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".
    private const int Http2PrefaceBytes = 24;
}

/// <summary>The pipes of a connection, as Kestrel takes them.</summary>
internal sealed record TransportPipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
