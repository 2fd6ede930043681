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
        AuthenticationException refusal = await RefusalAsync("other");
        Assert.Equal("the daemon's certificate was signed by CN=localhost, which is no authority in "
            + $"{Pem("other")}: name the authority with --tlscacert, or its folder with DOCKER_CERT_PATH",
            refusal.Message);
    }

    [Fact]
    public async Task A_daemon_whose_certificate_is_over_is_refused_with_the_day()
    {
        WritePem("ours", years: 1);
        AuthenticationException refusal = await RefusalAsync("ours");
        Assert.Equal(
            "the daemon's certificate has expired (1971-01-01T00:00:00Z): it needs a new one", refusal.Message);
    }

    [Fact]
    public async Task A_daemon_of_another_name_is_refused_with_the_names_it_has()
    {
        WritePem("ours", name: "elsewhere");
        AuthenticationException refusal = await RefusalAsync("ours");
        Assert.Equal("the daemon's certificate is for elsewhere, not for localhost", refusal.Message);
    }

    [Fact]
    public async Task A_file_without_a_certificate_is_named()
    {
        File.WriteAllText(Pem("other"), "no certificate");
        AuthenticationException refusal = await Assert.ThrowsAsync<AuthenticationException>(
            () => DialAsync(authority: "other", verifies: true));
        Assert.Equal($"{Pem("other")} holds no certificate of an authority", refusal.Message);
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_named()
    {
        File.Copy(Path.Combine(folder, "other.key"), Path.Combine(folder, "ours.key"), overwrite: true);
        AuthenticationException refusal = await Assert.ThrowsAsync<AuthenticationException>(
            () => DialAsync(authority: "ours", verifies: true));
        Assert.StartsWith($"{Pem("ours")} and {Path.Combine(folder, "ours.key")} are no certificate with its key",
            refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_daemon_that_hangs_up_may_want_what_it_did_not_get()
    {
        static string Why(TlsFiles? files, int year) =>
            SecureDial.WhyClosed(files, new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero))
                ["the connection was closed before ".Length..];

        var files = new TlsFiles(null, Pem("ours"), Path.Combine(folder, "ours.key"), true);
        Assert.Equal(
            "an answer came: if the daemon wants TLS, use --tlsverify or DOCKER_TLS_VERIFY=1", Why(null, 2000));
        Assert.Contains("may want a client certificate", Why(files with { Certificate = null }, 2000));
        Assert.EndsWith(
            $"may not accept the client certificate {Pem("ours")}, which was signed by CN=localhost",
            Why(files, 2000), StringComparison.Ordinal);
        Assert.EndsWith($"the client certificate {Pem("ours")} has expired (2170-01-01T00:00:00Z)",
            Why(files, 2200), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_speaks_no_tls_is_told_of()
    {
        Task serving = AnswerPlainlyAsync();
        AuthenticationException refusal = await Assert.ThrowsAsync<AuthenticationException>(
            () => DialAsync(authority: "ours", verifies: true));
        Assert.StartsWith("no TLS is spoken there", refusal.Message, StringComparison.Ordinal);
        await serving;
    }

    [Fact]
    public async Task Without_verification_any_daemon_will_do()
    {
        Task<X509Certificate?> met = ServeAsync();
        await using Stream stream = await DialAsync(authority: null, verifies: false);
        Assert.NotNull(await met);
    }

    private string Pem(string name) => Path.Combine(folder, $"{name}.pem");

    private async Task<AuthenticationException> RefusalAsync(string authority)
    {
        Task<X509Certificate?> met = ServeAsync();
        AuthenticationException refusal = await Assert.ThrowsAsync<AuthenticationException>(
            () => DialAsync(authority, verifies: true));
        await Record.ExceptionAsync(() => met);
        return refusal;
    }

    private async Task AnswerPlainlyAsync()
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        Assert.NotEqual(0, await stream.ReadAsync(new byte[4096]));
        await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
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

    private void WritePem(string file, string name = "localhost", int years = 200)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(years));
        File.WriteAllText(Path.Combine(folder, $"{file}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, $"{file}.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
