using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Cli.Client;

namespace Skep.Tests.Cli.Client;

/// <summary>A daemon on TCP with TLS, and the files that docker's flags and DOCKER_CERT_PATH name.</summary>
public sealed class TlsDialTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("skep-tls").FullName;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public TlsDialTests()
    {
        WritePem("ours");
        WritePem("other");
        listener.Start();
    }

    public void Dispose()
    {
        listener.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_daemon_and_the_user_know_each_other_by_their_certificates()
    {
        Task<X509Certificate?> met = ServeAsync();
        await using Stream stream = await DialAsync(authority: "ours", verifies: true);
        byte[] greeting = new byte[1];
        Assert.Equal(1, await stream.ReadAsync(greeting));
        Assert.Equal("CN=localhost", (await met)?.Subject);
    }

    [Fact]
    public async Task A_daemon_of_another_authority_is_refused()
    {
        Task<X509Certificate?> met = ServeAsync();
        await Assert.ThrowsAsync<AuthenticationException>(() => DialAsync(authority: "other", verifies: true));
        await Assert.ThrowsAnyAsync<Exception>(() => met);
    }

    [Fact]
    public async Task Without_verification_any_daemon_will_do()
    {
        Task<X509Certificate?> met = ServeAsync();
        await using Stream stream = await DialAsync(authority: null, verifies: false);
        Assert.NotNull(await met);
    }

    private Task<Stream> DialAsync(string? authority, bool verifies)
    {
        string? path = authority is null ? null : Path.Combine(folder, $"{authority}.pem");
        var files = new TlsFiles(
            path, Path.Combine(folder, "ours.pem"), Path.Combine(folder, "ours.key"), verifies);
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return Dialer.DialAsync(
            Endpoint.Parse($"tcp://localhost:{port}", files, "/s"), "skep", CancellationToken.None).AsTask();
    }

    // Meets one client, says one byte, and tells by what certificate it came.
    private async Task<X509Certificate?> ServeAsync()
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        await using var secure = new SslStream(client.GetStream());
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = X509Certificate2.CreateFromPemFile(
                Path.Combine(folder, "ours.pem"), Path.Combine(folder, "ours.key")),
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        await secure.WriteAsync(new byte[] { 1 });
        return secure.RemoteCertificate is null ? null : new X509Certificate2(secure.RemoteCertificate);
    }

    private void WritePem(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        File.WriteAllText(Path.Combine(folder, $"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
