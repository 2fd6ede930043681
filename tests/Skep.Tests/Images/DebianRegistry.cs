using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Images;

namespace Skep.Tests.Images;

/// <summary>Debian's docker-registry on a free port of this machine, with or without a password.</summary>
public sealed class DebianRegistry : IAsyncDisposable
{
    public const string User = "bee";
    public const string Password = "h0ney:and wax";

    private readonly Process process;
    private readonly string directory;
    private readonly HttpClient http;

    private DebianRegistry(Process process, string directory, int port, bool hasPassword, bool hasTls)
    {
        this.process = process;
        this.directory = directory;
        Address = $"127.0.0.1:{port}";
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        http = new HttpClient(handler) { BaseAddress = new Uri($"{(hasTls ? "https" : "http")}://{Address}/v2/") };
        if (hasPassword)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
        }
    }

    public string Address { get; }

    public static Task<DebianRegistry> StartAsync(bool hasPassword = false) => StartAsync(hasPassword, tls: null);

    /// <param name="tls">PEM files of its certificate and key; null: plain HTTP.</param>
    public static async Task<DebianRegistry> StartAsync(bool hasPassword, (string Certificate, string Key)? tls)
    {
        string directory = Directory.CreateTempSubdirectory("skep-registry-").FullName;
        int port = FreePort();
        string auth = "";
        if (hasPassword)
        {
            using var htpasswd = Process.Start(
                new ProcessStartInfo("htpasswd", ["-Bbn", User, Password]) { RedirectStandardOutput = true })!;
            await File.WriteAllTextAsync(
                Path.Combine(directory, "htpasswd"), await htpasswd.StandardOutput.ReadToEndAsync());
            auth = $"auth:\n  htpasswd:\n    realm: hive\n    path: {directory}/htpasswd\n";
        }

        string config = Path.Combine(directory, "config.yml");
        await File.WriteAllTextAsync(
            config,
            $"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {directory}/data\n"
                + $"http:\n  addr: 127.0.0.1:{port}\n"
                + (tls is { } pair ? $"  tls:\n    certificate: {pair.Certificate}\n    key: {pair.Key}\n" : "")
                + auth);
        Process process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", config])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var registry = new DebianRegistry(process, directory, port, hasPassword, tls is not null);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                (await registry.http.GetAsync("")).EnsureSuccessStatusCode();
                return registry;
            }
            catch (HttpRequestException) when (attempt < 2400)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System);
            }
        }
    }

    public async Task<Descriptor> PushBlobAsync(string repository, byte[] bytes, string mediaType)
    {
        using HttpResponseMessage begun = await http.PostAsync($"{repository}/blobs/uploads/", null);
        begun.EnsureSuccessStatusCode();
        string location = begun.Headers.Location!.ToString();
        string digest = TarBuilder.Digest(bytes);
        using HttpResponseMessage done = await http.PutAsync(
            $"{location}{(location.Contains('?') ? '&' : '?')}digest={digest}", new ByteArrayContent(bytes));
        done.EnsureSuccessStatusCode();
        return new Descriptor { MediaType = mediaType, Digest = digest, Size = bytes.Length };
    }

    public async Task<Descriptor> PushManifestAsync(string repository, string reference, byte[] bytes, string mediaType)
    {
        var body = new ByteArrayContent(bytes);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using HttpResponseMessage done = await http.PutAsync($"{repository}/manifests/{reference}", body);
        string text = await done.Content.ReadAsStringAsync();
        Assert(done.IsSuccessStatusCode, text);
        return new Descriptor { MediaType = mediaType, Digest = TarBuilder.Digest(bytes), Size = bytes.Length };
    }

    /// <summary>Pushes an image and returns the descriptor of its manifest.</summary>
    public async Task<Descriptor> PushAsync(string repository, string reference, SampleImage image)
    {
        for (int i = 0; i < image.Layers.Count; i++)
        {
            await PushBlobAsync(repository, image.Layers[i].Packed, image.Manifest.Layers![i].MediaType);
        }

        await PushBlobAsync(repository, image.ConfigBytes, MediaTypes.DockerConfig);
        return await PushManifestAsync(repository, reference, image.ManifestBytes, MediaTypes.DockerManifest);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Assert(bool isTrue, string text)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException(text);
        }
    }
}

/// <summary>An image made of archives, with its documents.</summary>
public sealed class SampleImage
{
    public SampleImage(string architecture, params IReadOnlyList<(byte[] Tar, byte[] Packed)> layers)
    {
        Layers = layers;
        var config = new ImageConfig
        {
            Architecture = architecture,
            Os = "linux",
            CreatedText = "2024-05-06T07:08:09.123456789Z",
            Config = new ContainerConfig
            {
                Cmd = ["/bin/sh"],
                Labels = new Dictionary<string, string> { ["a"] = "b" },
            },
            RootFs = new RootFs { DiffIds = [.. layers.Select(layer => TarBuilder.Digest(layer.Tar))] },
            History = [.. layers.Select((_, i) => new HistoryEntry { CreatedBy = $"step {i}" })],
        };
        ConfigBytes = JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Default.ImageConfig);
        Manifest = new ImageManifest
        {
            MediaType = MediaTypes.DockerManifest,
            Config = new Descriptor
            {
                MediaType = MediaTypes.DockerConfig,
                Digest = TarBuilder.Digest(ConfigBytes),
                Size = ConfigBytes.Length,
            },
            Layers = [.. layers.Select(layer => new Descriptor
            {
                MediaType = MediaTypes.DockerLayerGzip,
                Digest = TarBuilder.Digest(layer.Packed),
                Size = layer.Packed.Length,
            })],
        };
        ManifestBytes = JsonSerializer.SerializeToUtf8Bytes(Manifest, ImageJson.Default.ImageManifest);
    }

    public IReadOnlyList<(byte[] Tar, byte[] Packed)> Layers { get; }
    public byte[] ConfigBytes { get; }
    public ImageManifest Manifest { get; }
    public byte[] ManifestBytes { get; }
    public string Id => TarBuilder.Digest(ConfigBytes);

    /// <summary>Two honest layers; the seed makes each image another one.</summary>
    public static SampleImage New(string seed, string architecture = "amd64")
    {
        byte[] lower = new TarBuilder().Directory("etc").File("etc/seed", seed).File("gone", "x").ToBytes();
        byte[] upper = new TarBuilder().File(".wh.gone", "").File("top", seed + seed).ToBytes();
        return new SampleImage(architecture, (lower, TarBuilder.Gzip(lower)), (upper, TarBuilder.Gzip(upper)));
    }
}
