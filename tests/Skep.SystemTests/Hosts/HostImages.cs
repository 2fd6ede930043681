using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Skep.SystemTests.Hosts;

/// <summary>The images of the tests, made of busybox: one archive, so that every engine has the same ids.</summary>
/// <remarks>
/// <c>test</c>: a shell; users app (1000) and www (33), a file owned by app.
/// <c>web:1</c> and <c>web:2</c>: answer on port 80 with "HOSTNAME v1" or "… v2".
/// <c>rich</c>: everything that an image can say: entrypoint, environment, folder, user, volume, label, health check.
/// </remarks>
internal static class HostImages
{
    private const string Built = "2024-01-02T03:04:05Z";

    private const string Web = """
        #!/bin/sh
        # Answers every GET / with the host's name and the version; ends at once on SIGTERM.
        mkdir -p /tmp/www
        echo "$(hostname) ${VERSION:-v0}" >/tmp/www/index.html
        trap 'kill $p; exit 0' TERM INT
        httpd -f -p "${PORT:-80}" -h /tmp/www &
        p=$!
        wait $p
        """;

    private static readonly DateTimeOffset built = DateTimeOffset.Parse(
        Built, System.Globalization.CultureInfo.InvariantCulture);

    private static readonly Lazy<Task<string>> archive = new(WriteAsync);

    /// <summary>Loads all images into the engine of a host.</summary>
    /// <returns>The archive that they came from.</returns>
    public static async Task<string> LoadAsync(TestHost host)
    {
        string path = await archive.Value;
        await host.Docker("load", "-q", "-i", path).CheckAsync();
        return path;
    }

    /// <summary>The layer that all images have.</summary>
    public static byte[] Layer() => File.ReadAllBytes(LayerFile);

    private static string LayerFile => Path.Combine(AppContext.BaseDirectory, "images", "layer.tar");

    private static async Task<string> WriteAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LayerFile)!);
        await using (FileStream layer = File.Create(LayerFile))
        {
            WriteLayer(layer, await AppletsAsync());
        }

        string digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(LayerFile)));
        string path = Path.Combine(AppContext.BaseDirectory, "images", "images.tar");
        await using FileStream file = File.Create(path);
        await using var tar = new TarWriter(file);
        tar.WriteEntry(LayerFile, digest + "/layer.tar");
        var manifest = new List<object>();
        foreach ((string name, object config) in Configs())
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(new
            {
                architecture = "amd64",
                os = "linux",
                created = Built,
                config,
                rootfs = new { type = "layers", diff_ids = new[] { "sha256:" + digest } },
                history = new[] { new { created = Built, created_by = "busybox", comment = "for tests" } },
            });
            string configName = Convert.ToHexStringLower(SHA256.HashData(json)) + ".json";
            Add(tar, configName, json, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            string[] layers = [digest + "/layer.tar"];
            manifest.Add(new { Config = configName, RepoTags = new[] { name }, Layers = layers });
        }

        Add(tar, "manifest.json", JsonSerializer.SerializeToUtf8Bytes(manifest), UnixFileMode.UserRead);
        return path;
    }

    private static IEnumerable<(string Name, object Config)> Configs()
    {
        string[] path = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
        yield return ("test:latest", new { Env = path, Cmd = new[] { "/bin/sh" } });
        foreach (string version in new[] { "1", "2" })
        {
            yield return ("web:" + version, new
            {
                Env = path.Append($"VERSION=v{version}"),
                Cmd = new[] { "/bin/web" },
                ExposedPorts = new Dictionary<string, object> { ["80/tcp"] = new { } },
            });
        }

        yield return ("rich:latest", new
        {
            Env = path.Append("GREETING=hello"),
            Entrypoint = new[] { "/bin/sh", "-c" },
            Cmd = new[] { "echo $GREETING $(id -u) $(pwd)" },
            WorkingDir = "/home/app",
            User = "app",
            Volumes = new Dictionary<string, object> { ["/home/app"] = new { } },
            Labels = new Dictionary<string, string> { ["org.example.kind"] = "rich" },
            StopSignal = "SIGINT",
            Healthcheck = new { Test = new[] { "CMD-SHELL", "test -e /home/app/note" }, Interval = 500_000_000L },
        });
    }

    private static void WriteLayer(Stream to, IReadOnlyList<string> applets)
    {
        const UnixFileMode program = (UnixFileMode)0b111_101_101;
        const UnixFileMode open = (UnixFileMode)0b1_111_111_111;
        const UnixFileMode text = (UnixFileMode)0b110_100_100;
        using var tar = new TarWriter(to);
        foreach (string folder in new[]
            { "bin", "dev", "etc", "home", "proc", "root", "run", "sys", "usr", "usr/bin", "var" })
        {
            Add(tar, new PaxTarEntry(TarEntryType.Directory, folder + "/"), program);
        }

        Add(tar, new PaxTarEntry(TarEntryType.Directory, "tmp/"), open);
        Add(tar, "bin/busybox", File.ReadAllBytes("/usr/bin/busybox"), program);
        foreach (string applet in applets)
        {
            Add(tar, new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" }, program);
        }

        Add(tar, new PaxTarEntry(TarEntryType.SymbolicLink, "usr/bin/env") { LinkName = "/bin/env" }, program);
        Add(tar, "bin/web", Encoding.UTF8.GetBytes(Web + "\n"), program);
        Add(tar, "etc/passwd", Encoding.UTF8.GetBytes(
            "root:x:0:0:root:/root:/bin/sh\nwww:x:33:33:www:/tmp:/bin/sh\n"
            + "app:x:1000:1000:app:/home/app:/bin/sh\n"), text);
        Add(tar, "etc/group", Encoding.UTF8.GetBytes("root:x:0:\nwww:x:33:app\napp:x:1000:\nextra:x:2000:app\n"), text);
        Add(tar, new PaxTarEntry(TarEntryType.Directory, "home/app/") { Uid = 1000, Gid = 1000 }, program);
        Add(tar, new PaxTarEntry(TarEntryType.RegularFile, "home/app/note")
        {
            Uid = 1000,
            Gid = 1000,
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes("from the image\n")),
        }, text);
    }

    private static async Task<IReadOnlyList<string>> AppletsAsync()
    {
        Finished list = await new Command("busybox", "--list").CheckAsync();
        return [.. list.Text.Split('\n').Where(applet => applet != "busybox")];
    }

    private static void Add(TarWriter tar, string name, byte[] content, UnixFileMode mode) =>
        Add(tar, new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) }, mode);

    private static void Add(TarWriter tar, PaxTarEntry entry, UnixFileMode mode)
    {
        entry.Mode = mode;
        entry.ModificationTime = built;
        tar.WriteEntry(entry);
    }
}
