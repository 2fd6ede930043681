using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.Tests.Authority;

/// <summary>An external CA on this machine: HTTPS with client certificates, and cfssl's sign request.</summary>
internal sealed class ExternalAuthorityServer : IAsyncDisposable
{
    private readonly CertificateAuthority authority;
    private readonly SslStreamCertificateContext certificate;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly Task running;

    public ExternalAuthorityServer(CertificateAuthority authority)
    {
        this.authority = authority;
        certificate = SslStreamCertificateContext.Create(NewServerCertificate(), null, offline: true);
        listener.Start();
        running = ServeAsync();
    }

    public string Url => $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/api/v1/cfssl/sign";

    /// <summary>Asked, in order.</summary>
    public List<JsonElement> Requests { get; } = [];

    /// <summary>What it answers instead of signing.</summary>
    public (int Status, string Body)? Instead { get; set; }

    /// <summary>Signs this identity whatever it is asked for.</summary>
    public NodeIdentity? Wrong { get; set; }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await running;
        ending.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(ending.Token);
                await AnswerAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or AuthenticationException
                or SocketException or ObjectDisposedException)
            {
                // The next one may do better.
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is X509Certificate2 given
                    && authority.Trust.Judge(given, [], TimeProvider.System.GetUtcNow()).State == TrustState.Trusted,
            },
            ending.Token);
        string? body = await ReadBodyAsync(tls);
        if (body is null)
        {
            return;
        }

        JsonElement request = JsonDocument.Parse(body).RootElement.Clone();
        Requests.Add(request);
        (int status, string answer) = Instead ?? (200, Sign(request));
        string head = $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(answer)}\r\n\r\n";
        await tls.WriteAsync(Encoding.UTF8.GetBytes(head + answer), ending.Token);
    }

    private async Task<string?> ReadBodyAsync(SslStream tls)
    {
        var text = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            int count = await tls.ReadAsync(buffer, ending.Token);
            if (count == 0)
            {
                return null;
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            string all = text.ToString();
            int end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                continue;
            }

            string length = all.Split("\r\n")
                .First(line => line.StartsWith("Content-Length", StringComparison.Ordinal));
            string body = all[(end + 4)..];
            if (body.Length >= int.Parse(length.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture))
            {
                return body;
            }
        }
    }

    private string Sign(JsonElement request)
    {
        byte[] csr = Encoding.ASCII.GetBytes(request.GetProperty("certificate_request").GetString()!);
        byte[] signed = request.GetProperty("profile").GetString() == "CA" ? CrossSign(csr) : SignNode(request, csr);
        return JsonSerializer.Serialize(new
        {
            success = true,
            result = new { certificate = Encoding.ASCII.GetString(signed) },
            errors = Array.Empty<object>(),
            messages = Array.Empty<object>(),
        });
    }

    private byte[] SignNode(JsonElement request, byte[] csr)
    {
        JsonElement subject = request.GetProperty("subject");
        JsonElement name = subject.GetProperty("names")[0];
        var asked = new NodeIdentity(
            new NodeId(subject.GetProperty("CN").GetString()!),
            name.GetProperty("OU").GetString() == "swarm-manager" ? NodeRole.Manager : NodeRole.Worker,
            new ClusterId(name.GetProperty("O").GetString()!));
        return authority.Issue(csr, Wrong ?? asked, TimeSpan.FromDays(90), TimeProvider.System.GetUtcNow());
    }

    private byte[] CrossSign(byte[] csr)
    {
        using CaKey key = CaKey.Parse(authority.ExportKey());
        CertificateRequest asked = CertificateRequest.LoadSigningRequestPem(
            Encoding.ASCII.GetString(csr), key.Hash, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        X509Certificate2 root = authority.Trust.Roots[0];
        using X509Certificate2 made = asked.Create(
            root.SubjectName,
            key.Generator,
            root.NotBefore.ToUniversalTime(),
            root.NotAfter.ToUniversalTime(),
            RandomNumberGenerator.GetBytes(16));
        return Pem.Write([made]);
    }

    private X509Certificate2 NewServerCertificate()
    {
        using CaKey key = CaKey.Parse(authority.ExportKey());
        using ECDsa own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=external", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.Create(
            authority.Trust.Roots[0].SubjectName, key.Generator, now.AddDays(-1), now.AddDays(1), [7, 7]);
        return made.CopyWithPrivateKey(own);
    }
}
