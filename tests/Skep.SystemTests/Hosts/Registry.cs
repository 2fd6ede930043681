using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace Skep.SystemTests.Hosts;

/// <summary>Debian's docker-registry on the outside of the test hosts.</summary>
/// <remarks>
/// It is filled by this class, over a unix socket and before it is opened to the hosts, because not every engine under
/// test can push. With a password it wants <see cref="User"/> and <see cref="Password"/>.
/// </remarks>
internal sealed class Registry : IAsyncDisposable
{
    public const string User = "tester";
    public const string Password = "open sesame";

    /// <summary>bcrypt of <see cref="Password"/>, made by htpasswd -B.</summary>
    private const string PasswordFile = "tester:$2y$05$iZmQ3H0OcL0zgLZlbh6KXu6DA0krBKXaA3RrvRefZTbzrXWvdg8w2\n";

    private const string Manifest = "application/vnd.docker.distribution.manifest.v2+json";
    private const string Config = "application/vnd.docker.container.image.v1+json";
    private const string Layer = "application/vnd.docker.image.rootfs.diff.tar";
    private static readonly TimeSpan startTimeout = TimeSpan.FromSeconds(60);

    private readonly string folder;
    private ProcessMark? process;

    private Registry(string folder) => this.folder = folder;

    /// <summary>
    /// Starts a registry at <see cref="TestHosts.OutsideAddress"/> with the image <c>shop/test:1</c> in it.
    /// </summary>
    public static async Task<Registry> StartAsync(TestHosts hosts, int port, bool wantsPassword)
    {
        var registry = new Registry(Path.Combine(hosts.Folder, $"registry{port}"));
        Directory.CreateDirectory(registry.folder);
        string socket = Path.Combine(registry.folder, "socket");
        await registry.LaunchAsync("", "unix", socket, false);
        await registry.FillAsync(socket);
        await registry.DisposeAsync();
        string outside = $"nsenter --net=/run/netns/{hosts.NamespaceOf(0)} ";
        await registry.LaunchAsync(outside, "tcp", $"{hosts.OutsideAddress}:{port}", wantsPassword);
        string probe = $"exec 3<>/dev/tcp/{hosts.OutsideAddress}/{port}";
        await Eventually.TrueAsync("the registry listens", startTimeout, async () =>
            (await hosts.Outside("bash", "-c", probe).RunAsync()).ExitCode == 0);
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { IsAlive: true } alive)
        {
            await new Command("kill", "-TERM", $"{alive.Id}").RunAsync();
            await Eventually.TrueAsync("the registry has ended", startTimeout, () => !alive.IsAlive);
        }

        process = null;
    }

    private async Task LaunchAsync(string prefix, string net, string address, bool wantsPassword)
    {
        string config = Path.Combine(folder, "config.yml");
        string passwords = Path.Combine(folder, "passwords");
        await File.WriteAllTextAsync(passwords, PasswordFile);
        string auth = wantsPassword ? $"auth: {{htpasswd: {{realm: test, path: {passwords}}}}}\n" : "";
        await File.WriteAllTextAsync(
            config,
            $"version: 0.1\nlog: {{level: warn}}\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n"
            + $"http: {{net: {net}, addr: '{address}'}}\n{auth}");
        using var started = System.Diagnostics.Process.Start(
            "setsid", ["bash", "-c", $"exec {prefix}docker-registry serve {config} </dev/null >>{folder}/log 2>&1"]);
        process = ProcessMark.Of(started.Id);
        await File.WriteAllTextAsync(Path.Combine(folder, TestHosts.FirstProcessFile), process?.ToString());
    }

    private async Task FillAsync(string socket)
    {
        await Eventually.TrueAsync("the registry has a socket", startTimeout, () => File.Exists(socket));
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                var link = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await link.ConnectAsync(new UnixDomainSocketEndPoint(socket), stop);
                return new NetworkStream(link, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri("http://registry/v2/shop/test/") };
        byte[] layer = HostImages.Layer();
        byte[] config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Cmd = new[] { "/bin/echo", "pulled" } },
            rootfs = new { type = "layers", diff_ids = new[] { Digest(layer) } },
        });
        await PutBlobAsync(client, layer);
        await PutBlobAsync(client, config);
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = Manifest,
            config = new { mediaType = Config, size = config.Length, digest = Digest(config) },
            layers = new[] { new { mediaType = Layer, size = layer.Length, digest = Digest(layer) } },
        });
        using HttpResponseMessage response = await client.PutAsync("manifests/1", Body(manifest, Manifest));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private static async Task PutBlobAsync(HttpClient client, byte[] blob)
    {
        using HttpResponseMessage begun = await client.PostAsync("blobs/uploads/", null);
        string place = begun.Headers.Location!.PathAndQuery;
        string separator = place.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        using HttpResponseMessage done = await client.PutAsync(
            $"{place}{separator}digest={Digest(blob)}", Body(blob, "application/octet-stream"));
        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
    }

    private static ByteArrayContent Body(byte[] bytes, string type) =>
        new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
