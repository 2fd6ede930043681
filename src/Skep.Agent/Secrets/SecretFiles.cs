using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Skep.Agent.Containers;
using Skep.Linux;
using Skep.Linux.Files;
using Skep.Linux.Mounts;
using Skep.Swarm;
using Skep.Swarm.Objects;
using ContainerSpec = Skep.Swarm.Objects.ContainerSpec;
using SwarmTask = Skep.Swarm.Objects.SwarmTask;

namespace Skep.Agent.Secrets;

/// <summary>Tasks' secrets and configs as files in memory, from a container's start to its end.</summary>
/// <remarks>
/// One file system in memory for the whole node, with a folder for each task that only root can enter; containers see
/// single files of it. It outlives the daemon, as containers do, and never touches a disk.
/// </remarks>
/// <param name="folder">Where it is mounted; a path that a reboot empties.</param>
public sealed class SecretFiles(string folder, Dependencies dependencies)
{
    private const uint RootOnly = 0x1C0; // 0700
    private const string Secrets = "/run/secrets/";

    private readonly Lock gate = new();
    private bool isMounted;

    /// <exception cref="RefusedException">There are too many, or one could not be put anywhere.</exception>
    public static void Check(ContainerSpec container)
    {
        if (container.Secrets.Count + container.Configs.Count > SecretLimits.FilesPerTask)
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"a task has at most {SecretLimits.FilesPerTask} secrets and configs");
        }

        foreach (FileTarget file in FilesOf(container).Select(static one => one.File))
        {
            _ = Owner(file);
        }
    }

    /// <summary>Where a task's files will stand, and where its container sees them.</summary>
    public IReadOnlyList<HiddenFile> PlacesOf(SwarmTask task, ContainerSpec container) =>
        [.. FilesOf(container).Select((one, number) => new HiddenFile(PathOf(task.Id, number), one.Target))];

    /// <summary>Writes a task's files, whatever is left of an earlier try.</summary>
    /// <exception cref="RefusedException">A value is not there.</exception>
    /// <param name="container">With its own templates filled in.</param>
    public void Write(SwarmTask task, ContainerSpec container, NodeDescription node)
    {
        List<WantedFile> files = [.. FilesOf(container)];
        if (files.Count == 0)
        {
            return;
        }

        lock (gate)
        {
            Mount_NeedsLock();
        }

        Remove(task.Id);
        var contents = new FileContents(task, container, node, dependencies);
        using SafeRoot root = SafeRoot.Open(folder);
        root.MakeDirectory(task.Id.Value, RootOnly);
        for (int number = 0; number < files.Count; number++)
        {
            WantedFile wanted = files[number];
            Bytes content = wanted.Secret is { } secret ? contents.Of(secret) : contents.Of(wanted.Config!);
            Write(root, Path.Combine(task.Id.Value, $"{number}"), wanted.File, content);
        }
    }

    /// <summary>Removes a task's files. No error if there are none.</summary>
    public void Remove(TaskId task)
    {
        string own = Path.Combine(folder, task.Value);
        if (task.Value.Length > 0 && Directory.Exists(own))
        {
            Directory.Delete(own, recursive: true);
        }
    }

    /// <summary>Takes the whole file system down.</summary>
    public void RemoveAll()
    {
        lock (gate)
        {
            isMounted = false;
            if (Directory.Exists(folder))
            {
                KernelMounts.DetachBelow(folder);
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static IEnumerable<WantedFile> FilesOf(ContainerSpec container)
    {
        IEnumerable<SecretReference> secrets = container.Secrets;
        IEnumerable<ConfigReference> configs = container.Configs;
        return secrets
            .Where(static one => one.Target is not null)
            .Select(static one => new WantedFile(one.Target!, TargetOf(one.Target!, Secrets), one, null))
            .Concat(configs.Select(static one => (Config: one, File: one.Target as FileTarget))
                .Where(static one => one.File is not null)
                .Select(static one => new WantedFile(one.File!, TargetOf(one.File!, "/"), null, one.Config)));
    }

    private static string TargetOf(FileTarget file, string folder) =>
        file.Name.StartsWith('/') ? file.Name : folder + file.Name;

    private static (uint Uid, uint Gid) Owner(FileTarget file) => (
        Number(file.Uid, "uid", file.Name), Number(file.Gid, "gid", file.Name));

    private static uint Number(string text, string what, string name) => text.Length == 0
        ? 0
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? number
            : throw new RefusedException(ErrorKind.Invalid, $"{what} of {name} is not a number: {text}");

    private string PathOf(TaskId task, int number) => Path.Combine(folder, task.Value, $"{number}");

    private static void Write(SafeRoot root, string path, FileTarget file, Bytes content)
    {
        (uint uid, uint gid) = Owner(file);
        using (SafeFileHandle handle = root.CreateFile(path, 0))
        {
            RandomAccess.Write(handle, content.Span, 0);
        }

        using FileObject made = root.Get(path, LastLink.Keep);
        made.SetOwner(uid, gid);
        made.SetMode(file.Mode & 0xFFF);
    }

    private void Mount_NeedsLock()
    {
        if (isMounted || MountTable.IsMountPoint(folder))
        {
            isMounted = true;
            return;
        }

        Directory.CreateDirectory(folder);
        try
        {
            // Linux 6.4 and later can promise that it is never swapped out.
            KernelMounts.Mount("tmpfs", "tmpfs", folder, ["nosuid", "nodev", "noexec", "mode=0700", "noswap"]);
        }
        catch (ErrnoException e) when (e.Errno == Errno.EINVAL)
        {
            KernelMounts.Mount("tmpfs", "tmpfs", folder, ["nosuid", "nodev", "noexec", "mode=0700"]);
        }

        isMounted = true;
    }

    private sealed record WantedFile(
        FileTarget File, string Target, SecretReference? Secret, ConfigReference? Config);
}
