using System.Runtime.InteropServices;
using Skep.Agent.Containerd;
using Skep.Agent.Images.Content;
using Skep.Agent.Images.Layers;
using Skep.Agent.Images.Registry;
using Skep.Docker.Engine;
using Skep.Docker.Images;
using Skep.Docker.References;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Agent.Images;

/// <summary>Publishes one event: type, action, the actor's id, its attributes.</summary>
public delegate void PublishEvent(
    string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes);

/// <summary>Takes one line of the JSON stream that pull, load and import answer with.</summary>
public delegate ValueTask ReportProgress(ProgressMessage message, CancellationToken stop);

/// <summary>Images: as Docker's users know them, kept in containerd.</summary>
/// <remarks>
/// Thread-safe. An image is its configuration's digest; containerd holds its blobs and snapshots (ImageStore says under
/// which records). Nothing here keeps state that a restart of the daemon or of containerd would lose.
/// </remarks>
public sealed partial class ImageEngine : IDisposable
{
    private readonly ContainerdClient containerd;
    private readonly RegistryOptions registries;
    private readonly IdSource ids;
    private readonly TimeProvider time;
    private readonly PublishEvent publish;
    private readonly Func<string, IReadOnlyList<ImageUse>> usesOf;
    private readonly ContentStore content;
    private readonly ImageStore store;
    private readonly DiskSpace disk;
    private readonly LayerUnpacker unpacker;
    private readonly ImageAssembly assembly;
    private readonly PullServices pulls;
    private readonly string temporaryDirectory;

    /// <param name="usesOf">The containers that stand on an image; the id is the parameter.</param>
    public ImageEngine(
        ContainerdClient containerd,
        Instance instance,
        RegistryOptions registries,
        IdSource ids,
        TimeProvider time,
        PublishEvent publish,
        Func<string, IReadOnlyList<ImageUse>> usesOf)
    {
        this.containerd = containerd;
        this.registries = registries;
        this.ids = ids;
        this.time = time;
        this.publish = publish;
        this.usesOf = usesOf;
        temporaryDirectory = Path.Combine(instance.DataRoot, "tmp", "images");
        content = new ContentStore(containerd);
        store = new ImageStore(containerd, content, time);
        disk = new DiskSpace(instance.DataRoot);
        unpacker = new LayerUnpacker(containerd, disk, time);
        assembly = new ImageAssembly(containerd, content, store, unpacker, disk);
        pulls = new PullServices(
            containerd, content, store, assembly, unpacker, disk, new KeyedLocks(), registries, ids, time);
    }

    /// <summary>This machine.</summary>
    internal static Platform HostPlatform { get; } = new()
    {
        Os = "linux",
        Architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.Arm64 => "arm64",
            Architecture.Arm => "arm",
            Architecture.X86 => "386",
            var other => other.ToString().ToLowerInvariant(),
        },
    };

    public int Count => store.Current.Images.Count;

    /// <summary>Reads what there is and clears what a crash left. Call it once, before anything else.</summary>
    /// <returns>One line for each image or name that cannot be used.</returns>
    public Task<IReadOnlyList<string>> StartAsync(CancellationToken stop)
    {
        return GuardAsync(StartAsync);

        async Task<IReadOnlyList<string>> StartAsync()
        {
            if (Directory.Exists(temporaryDirectory))
            {
                Directory.Delete(temporaryDirectory, recursive: true);
            }

            Directory.CreateDirectory(
                temporaryDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await ImageLease.EndAllAsync(containerd, stop);
            return await store.LoadAsync(stop);
        }
    }

    /// <summary>What a container needs of an image. Answered from memory for images used of late.</summary>
    /// <exception cref="RefusedException">"No such image: x".</exception>
    public async Task<ResolvedImage> ResolveAsync(string nameOrId, CancellationToken stop)
    {
        StoredImage image = Require(nameOrId);
        ImageConfig config = await GuardAsync(() => store.ConfigOfAsync(image, stop).AsTask());
        return new ResolvedImage(
            image.Id,
            nameOrId,
            ReservedLabels.Without(config.Config ?? new ContainerConfig()),
            image.ChainId,
            image.Platform,
            config);
    }

    public void Dispose() => store.Dispose();

    private StoredImage Require(string nameOrId) =>
        store.Current.Find(nameOrId) ?? throw new RefusedException(
            ErrorKind.NotFound,
            "No such image: " + (ImageReference.TryParse(nameOrId)?.WithDefaultTag().Familiar ?? nameOrId));

    // Docker's image events carry the image's labels beside its name.
    private void Publish(string action, string actorId, string name, StoredImage image)
    {
        var attributes = new Dictionary<string, string>(image.Labels ?? new Dictionary<string, string>())
        {
            ["name"] = name,
        };
        publish("image", action, actorId, attributes);
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (RpcException e)
        {
            throw Translated(e);
        }
        catch (IOException e) when (e.HResult == Linux.Errno.ENOSPC || e.Message.Contains("No space left"))
        {
            throw new RefusedException(ErrorKind.Failed, "no space left on device", e);
        }
    }

    private static async Task GuardAsync(Func<Task> work) =>
        await GuardAsync(async () =>
        {
            await work();
            return true;
        });

    private static RefusedException Translated(RpcException e) => e switch
    {
        { Status: RpcStatus.Unavailable } => new(ErrorKind.Unavailable, "containerd is not available: " + e.Detail, e),
        _ when e.Detail.Contains("no space left on device") => new(ErrorKind.Failed, e.Detail, e),
        _ => new(ErrorKind.Failed, "containerd: " + e.Detail, e),
    };
}
