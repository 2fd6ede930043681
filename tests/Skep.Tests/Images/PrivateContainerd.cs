using System.Diagnostics;
using System.Security.Cryptography;
using Skep.Agent.Containerd.Wire;
using Skep.Agent.Containerd;
using Skep.Agent.Images.Registry;
using Skep.Agent.Images;
using Skep.Agent;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Tests.Images;

/// <summary>A containerd of the tests' own, in a temporary directory, ended with the last of them.</summary>
public sealed class PrivateContainerd : IAsyncLifetime
{
    private Process? process;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("skep-images-").FullName;

    public IdSource Ids { get; } = new(RandomNumberGenerator.Fill);

    public string SocketPath => Path.Combine(Directory, "c.sock");

    public async Task InitializeAsync()
    {
        string config = Path.Combine(Directory, "config.toml");
        await File.WriteAllTextAsync(config, $"""
            version = 2
            root = "{Directory}/root"
            state = "{Directory}/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.aufs",
              "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
              "io.containerd.snapshotter.v1.devmapper", "io.containerd.tracing.processor.v1.otlp",
              "io.containerd.internal.v1.tracing"]
            oom_score = 0
            [grpc]
              address = "{SocketPath}"
            [debug]
              level = "warn"
            [plugins."io.containerd.internal.v1.opt"]
              path = "{Directory}/opt"
            """);
        await StartAsync(config);
    }

    /// <summary>Kills it and starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        End();
        await StartAsync(Path.Combine(Directory, "config.toml"));
    }

    public Task DisposeAsync()
    {
        End();
        System.IO.Directory.Delete(Directory, recursive: true);
        return Task.CompletedTask;
    }

    private async Task StartAsync(string config)
    {
        process = Process.Start(new ProcessStartInfo("containerd", ["-c", config])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        using var client = new ContainerdClient(SocketPath, "default");
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await client.CallAsync(
                    ContainerdApi.Version.Get, new Google.Protobuf.WellKnownTypes.Empty(), CancellationToken.None);
                return;
            }
            catch (Transport.Rpc.RpcException) when (attempt < 1200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private void End()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}

[CollectionDefinition(nameof(PrivateContainerd))]
public sealed class PrivateContainerdCollection : ICollectionFixture<PrivateContainerd>;

/// <summary>An image engine in a namespace and a data root of its own, and what it did.</summary>
public sealed class EngineUnderTest : IAsyncDisposable
{
    private readonly PrivateContainerd containerd;

    private EngineUnderTest(PrivateContainerd containerd, RegistryOptions registries)
    {
        this.containerd = containerd;
        string root = Path.Combine(containerd.Directory, "data-" + containerd.Ids.NewHex(8));
        Directory.CreateDirectory(root);
        Instance = new Instance(root, root);
        Client = new ContainerdClient(containerd.SocketPath, Instance.Name);
        Registries = registries;
        Engine = NewEngine();
    }

    public Instance Instance { get; }
    public ContainerdClient Client { get; }
    public RegistryOptions Registries { get; }
    public ImageEngine Engine { get; private set; }
    public List<string> Events { get; } = [];
    public List<ImageUse> Uses { get; } = [];
    public List<ProgressMessage> Lines { get; } = [];

    public static Task<EngineUnderTest> StartAsync(PrivateContainerd containerd) =>
        StartAsync(containerd, new RegistryOptions { RetryPause = TimeSpan.FromMilliseconds(5) });

    public static async Task<EngineUnderTest> StartAsync(PrivateContainerd containerd, RegistryOptions registries)
    {
        var rig = new EngineUnderTest(containerd, registries);
        await rig.Client.CallAsync(
            ContainerdApi.Namespaces.Create,
            new CreateNamespaceRequest { Namespace = new Namespace { Name = rig.Instance.Name } },
            CancellationToken.None);
        await rig.Engine.StartAsync(CancellationToken.None);
        return rig;
    }

    /// <summary>The daemon died and was started again.</summary>
    public async Task<IReadOnlyList<string>> RestartAsync()
    {
        Engine.Dispose();
        Engine = NewEngine();
        return await Engine.StartAsync(CancellationToken.None);
    }

    public ValueTask ReportAsync(ProgressMessage message, CancellationToken stop)
    {
        lock (Lines)
        {
            Lines.Add(message);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Blobs (half-written ones too), snapshots, image records and leases in containerd: what an operation left behind.
    /// </summary>
    public async Task<(int Blobs, int Snapshots, int Names, int Leases)> CountAsync()
    {
        int blobs = 0, snapshots = 0;
        await foreach (var part in Client.ReadStreamAsync(
            ContainerdApi.Content.List, new ListContentRequest(), CancellationToken.None))
        {
            blobs += part.Info.Count;
        }

        var writes = await Client.CallAsync(
            ContainerdApi.Content.ListStatuses, new ListContentStatusesRequest(), CancellationToken.None);
        blobs += writes.Statuses.Count;
        await foreach (var part in Client.ReadStreamAsync(
            ContainerdApi.Snapshots.List,
            new ListSnapshotsRequest { Snapshotter = Client.Snapshotter },
            CancellationToken.None))
        {
            snapshots += part.Info.Count;
        }

        var names = await Client.CallAsync(ContainerdApi.Images.List, new ListImagesRequest(), CancellationToken.None);
        var leases = await Client.CallAsync(ContainerdApi.Leases.List, new ListLeasesRequest(), CancellationToken.None);
        return (blobs, snapshots, names.Images.Count, leases.Leases.Count);
    }

    public ValueTask DisposeAsync()
    {
        Engine.Dispose();
        Client.Dispose();
        return ValueTask.CompletedTask;
    }

    private ImageEngine NewEngine() => new(
        Client,
        Instance,
        Registries,
        containerd.Ids,
        TimeProvider.System,
        (type, action, id, attributes) =>
        {
            lock (Events)
            {
                Events.Add($"{type} {action} {id} name={attributes.GetValueOrDefault("name")}");
            }
        },
        _ => Uses);
}
