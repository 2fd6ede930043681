using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Skep.Agent.Images;
using Skep.Agent.Images.Content;
using Skep.Agent.Images.Registry;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Tests.Images;

[Collection(nameof(PrivateContainerd))]
public sealed class PullFaultTests(PrivateContainerd containerd)
{
    private static readonly CancellationToken Stop = CancellationToken.None;

    [Fact]
    public async Task A_cancelled_pull_leaves_nothing()
    {
        SampleImage sample = SampleImage.New("cancel");
        var hanging = new TaskCompletionSource();
        await using var registry = ScriptedRegistry.Serving(sample, request =>
        {
            if (!request.Path.EndsWith(sample.Manifest.Layers![1].Digest))
            {
                return null;
            }

            hanging.TrySetResult();
            return new ScriptedAnswer(200, [], Hangs: true);
        });
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        using var user = new CancellationTokenSource();
        Task pull = rig.Engine.PullAsync(Name(registry.Address), null, null, rig.ReportAsync, user.Token);
        await hanging.Task;
        await user.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
    }

    [Fact]
    public async Task What_a_daemon_that_died_in_a_pull_left_is_gone_after_the_next_start()
    {
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        ImageLease lease = await ImageLease.TakeAsync(rig.Client, containerd.Ids, TimeProvider.System, Stop);
        byte[] done = [1, 2, 3];
        await new ContentStore(rig.Client).WriteAsync(
            TarBuilder.Digest(done), done, new Dictionary<string, string>(), lease, Stop);
        await using (var begun = new ContentWrite(rig.Client, lease, TarBuilder.Digest([4, 5]), 2, Stop))
        {
            await begun.OpenAsync();
            await begun.SendAsync(new byte[] { 4 });
        }

        Assert.Equal((2, 0, 0, 1), await rig.CountAsync());
        Assert.Empty(await rig.RestartAsync());
        Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
    }

    [Fact]
    public async Task Pulls_of_one_image_at_once_fetch_each_layer_once()
    {
        SampleImage sample = SampleImage.New("parallel");
        await using var registry = ScriptedRegistry.Serving(sample, _ => null);
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            rig.Engine.PullAsync(Name(registry.Address), null, null, rig.ReportAsync, Stop)));
        foreach (Descriptor layer in sample.Manifest.Layers!)
        {
            Assert.Single(registry.Seen, request => request.Path.EndsWith(layer.Digest));
        }

        Assert.Equal(sample.Id, (await rig.Engine.ResolveAsync(Name(registry.Address).Familiar, Stop)).Id);
        Assert.Equal((4, 2, 3, 0), await rig.CountAsync());
    }

    [Fact]
    public async Task A_mirror_answers_for_Docker_Hub_and_sees_no_credentials()
    {
        SampleImage sample = SampleImage.New("mirror");
        await using var mirror = ScriptedRegistry.Serving(sample, _ => null);
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(
            containerd, new RegistryOptions { Mirrors = [$"http://{mirror.Address}"] });
        var secret = new AuthConfig { Username = "u", Password = "p", RegistryToken = "t" };
        await rig.Engine.PullAsync(ImageReference.Parse("hive:1"), null, secret, rig.ReportAsync, Stop);
        Assert.Equal("1|Pulling from library/hive", $"{rig.Lines[0].Id}|{rig.Lines[0].Status}");
        Assert.Equal(sample.Id, (await rig.Engine.ResolveAsync("docker.io/library/hive:1", Stop)).Id);
        Assert.DoesNotContain(mirror.Seen, request => request.Headers.ContainsKey("Authorization"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_zstd_layer_is_verified_by_containerd(bool isHonest)
    {
        byte[] tar = new TarBuilder().File("hello", "zstd").ToBytes();
        byte[] told = isHonest ? tar : new TarBuilder().File("hello", "other").ToBytes();
        byte[] packed = Zstd(tar);
        var plain = new SampleImage("amd64", (told, packed));
        ImageManifest manifest = plain.Manifest with
        {
            Layers = [plain.Manifest.Layers![0] with { MediaType = MediaTypes.OciLayerZstd }],
        };
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Default.ImageManifest);
        await using var registry = ScriptedRegistry.Serving(plain, request => request.Path.Contains("/manifests/")
            ? ScriptedAnswer.Ok(bytes, MediaTypes.DockerManifest)
            : null);
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        Task pull = rig.Engine.PullAsync(Name(registry.Address), null, null, rig.ReportAsync, Stop);
        if (isHonest)
        {
            await pull;
            Assert.True(rig.Engine.List(new ImageListOptions()).Single().Size > 0);
        }
        else
        {
            Assert.StartsWith("wrong diff id", (await Assert.ThrowsAsync<RefusedException>(() => pull)).Message);
            Assert.Equal((0, 0, 0, 0), await rig.CountAsync());
        }
    }

    [Fact]
    public async Task A_certificate_counts_when_its_authority_is_ours_or_nobody_asks()
    {
        string directory = Directory.CreateTempSubdirectory("skep-tls-").FullName;
        (string Certificate, string Key) tls = NewCertificate(directory);
        await using DebianRegistry registry = await DebianRegistry.StartAsync(hasPassword: false, tls);
        await registry.PushAsync("app", "1", SampleImage.New("tls"));

        // The machine's own registries are not asked for a certificate.
        await using EngineUnderTest rig = await EngineUnderTest.StartAsync(containerd);
        await rig.Engine.PullAsync(Name(registry.Address), null, null, rig.ReportAsync, Stop);

        var asked = new RegistryEndpoint(new Uri($"https://{registry.Address}/"), IsVerified: true, IsMirror: false);
        var options = new RegistryOptions { CertificatesDirectory = directory };
        using (var stranger = new RegistrySession(asked, "app", null, options))
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync("", [], null, Stop));
        }

        Directory.CreateDirectory(Path.Combine(directory, registry.Address));
        File.Copy(tls.Certificate, Path.Combine(directory, registry.Address, "ca.crt"));
        using (var known = new RegistrySession(asked, "app", null, options))
        {
            using HttpResponseMessage answer = await known.GetAsync("", [], null, Stop);
            Assert.True(answer.IsSuccessStatusCode);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static ImageReference Name(string address) => ImageReference.Parse($"{address}/app:1");

    private static (string Certificate, string Key) NewCertificate(string directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hive", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        (string Certificate, string Key) files = (Path.Combine(directory, "c.pem"), Path.Combine(directory, "k.pem"));
        File.WriteAllText(files.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    // RFC 8878: magic, a header (single segment, 8-byte content size), one raw block that is the last.
    private static byte[] Zstd(byte[] content)
    {
        var frame = new List<byte> { 0x28, 0xb5, 0x2f, 0xfd, 0xe0 };
        var size = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, content.Length);
        frame.AddRange(size);
        int block = (content.Length << 3) | 1;
        frame.AddRange([(byte)block, (byte)(block >> 8), (byte)(block >> 16)]);
        frame.AddRange(content);
        return [.. frame];
    }
}
