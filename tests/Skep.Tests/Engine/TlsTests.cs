using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Skep.Engine;
using Skep.Engine.Connections;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Tests.Engine;

public sealed class TlsTests : IAsyncLifetime
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";
    private readonly CancellationTokenSource stop = new();
    private readonly X509Certificate2 authority = Authority("right");
    private IPEndPoint address = new(IPAddress.Loopback, 0);
    private Task running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        using (var probe = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            address = new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)probe.LocalEndPoint!).Port);
        }

        var routes = new RouteTable();
        routes.Get("/_ping", request => request.AnswerTextAsync("OK"));
        routes.Stream("POST", "/echo", async request =>
        {
            await using HijackedStream stream = await request.HijackAsync(isTerminal: true);
            await stream.CopyToAsync(stream, request.Stop);
            await stream.WriteAsync("bye"u8.ToArray(), request.Stop);
        });
        var ready = new TaskCompletionSource();
        var tls = new TlsSettings
        {
            Certificate = Issue(authority, "server", ServerUse), ClientAuthorities = [authority],
        };
        var server = new EngineServer(
            routes, [EngineAddress.Tcp(address, tls)], "1.2.3", TimeProvider.System, Log.None);
        running = server.RunAsync(ready.SetResult, stop.Token);
        await Task.WhenAny(ready.Task, running).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(ready.Task.IsCompleted, running.Exception?.ToString());
    }

    public async Task DisposeAsync()
    {
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_client_of_our_authority_is_let_in()
    {
        await using SslStream stream = await ConnectAsync(Issue(authority, "client", ClientUse));
        await stream.WriteAsync("GET /_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.EndsWith("\r\n\r\nOK", await ReadToEndAsync(stream));
    }

    [Fact]
    public async Task A_taken_over_connection_ends_each_way_on_its_own_under_tls_too()
    {
        await using SslStream stream = await ConnectAsync(Issue(authority, "client", ClientUse));
        await stream.WriteAsync(
            "POST /echo HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"u8.ToArray());
        await stream.WriteAsync("hi "u8.ToArray());
        await stream.ShutdownAsync();
        Assert.EndsWith("\r\n\r\nhi bye", await ReadToEndAsync(stream));
    }

    public static TheoryData<string> Strangers => ["no certificate", "another authority", "a server's certificate"];

    [Theory, MemberData(nameof(Strangers))]
    public async Task Everybody_else_is_refused(string who)
    {
        X509Certificate2? certificate = who switch
        {
            "another authority" => Issue(Authority("wrong"), "client", ClientUse),
            "a server's certificate" => Issue(authority, "other", ServerUse),
            _ => null,
        };

        // With TLS 1.3 the client learns of its refusal when it reads.
        string answer = "";
        try
        {
            await using SslStream stream = await ConnectAsync(certificate);
            await stream.WriteAsync("GET /_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n"u8.ToArray());
            answer = await ReadToEndAsync(stream);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            answer = ""; // Refused, in the way that its side of TLS says it.
        }

        Assert.Equal("", answer);
    }

    [Fact]
    public async Task A_handshake_that_never_ends_is_ended()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[16], late.Token));
    }

    private async Task<SslStream> ConnectAsync(X509Certificate2? certificate)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "server",
            ClientCertificates = certificate is null ? [] : [certificate],
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return stream;
    }

    private static async Task<string> ReadToEndAsync(SslStream stream)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, late.Token);
        return Encoding.ASCII.GetString(all.ToArray());
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddHours(2));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, string use)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], true));
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 bare = request.Create(
            authority, TimeProvider.System.GetUtcNow().AddMinutes(-5), authority.NotAfter.AddMinutes(-5), serial);
        return bare.CopyWithPrivateKey(key);
    }
}
