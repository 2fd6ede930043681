using Skep.Linux.Mounts;

namespace Skep.Agent.Mounts;

/// <summary>A file system mounted for one piece of work, private to it, and out of sight when that is done.</summary>
/// <remarks>What a crash leaves lies below the exec root's "mounts" directory: <see cref="Sweep"/> at start.</remarks>
public sealed class TemporaryMount : IDisposable
{
    private TemporaryMount(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts what containerd's snapshotter answered: one or more mounts of the same place.</summary>
    /// <param name="name">A name that nobody else uses now.</param>
    public static TemporaryMount Attach(
        Instance instance,
        string name,
        IEnumerable<(string Type, string Source, IReadOnlyList<string> Options)> mounts)
    {
        string path = System.IO.Path.Combine(DirectoryOf(instance), name);
        Directory.CreateDirectory(path);
        var mounted = new TemporaryMount(path);
        bool isDone = false;
        try
        {
            foreach ((string type, string source, IReadOnlyList<string> options) in mounts)
            {
                KernelMounts.Mount(type, source, path, options);
            }

            KernelMounts.SetPropagation(path, "rprivate");
            isDone = true;
            return mounted;
        }
        finally
        {
            if (!isDone)
            {
                mounted.Dispose();
            }
        }
    }

    /// <summary>Ends what a crash has left, the pins of volumes' subpaths too.</summary>
    /// <remarks>A running container has its own copy of each of its mounts and loses nothing.</remarks>
    public static void Sweep(Instance instance)
    {
        foreach (string directory in new[] { DirectoryOf(instance), ContainerMounts.SubpathsOf(instance) })
        {
            KernelMounts.DetachBelow(directory);
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    public void Dispose()
    {
        KernelMounts.DetachBelow(Path);
        Directory.Delete(Path);
    }

    private static string DirectoryOf(Instance instance) => System.IO.Path.Combine(instance.ExecRoot, "mounts");
}
