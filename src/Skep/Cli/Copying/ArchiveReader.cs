using System.Formats.Tar;

namespace Skep.Cli.Copying;

/// <summary>Unpacks a container's archive into a directory of this machine.</summary>
/// <remarks>
/// The archive comes from a container that may be hostile: an entry goes only below the directory, and never
/// through a link that the archive itself made.
/// </remarks>
internal static class ArchiveReader
{
    private const UnixFileMode Permissions = (UnixFileMode)0xFFF;

    public static async Task UnpackAsync(Stream archive, CopyPlan plan, CancellationToken stop)
    {
        await using var reader = new TarReader(archive, leaveOpen: true);
        var directories = new List<(string Path, TarEntry Entry)>();
        while (await reader.GetNextEntryAsync(copyData: false, stop) is { } entry)
        {
            string path = Place(plan.Directory, plan.Rename(entry.Name));
            await UnpackAsync(entry, path, plan, stop);
            if (entry.EntryType == TarEntryType.Directory)
            {
                directories.Add((path, entry));
            }
        }

        // Last: what was put into a directory changed its time.
        foreach ((string path, TarEntry entry) in directories)
        {
            Directory.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
        }
    }

    private static async Task UnpackAsync(TarEntry entry, string path, CopyPlan plan, CancellationToken stop)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                MakeDirectory(path, entry.Mode & Permissions);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await WriteFileAsync(entry, path, stop);
                break;
            case TarEntryType.SymbolicLink:
                Replace(path);
                File.CreateSymbolicLink(path, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                // The second name gets a copy: this machine's files are not joined by a container's wish.
                Replace(path);
                File.Copy(Place(plan.Directory, plan.Rename(entry.LinkName)), path);
                break;
            default:
                throw new CommandFailedException(
                    $"cannot create {path}: {entry.EntryType} is not supported as a copy on this machine");
        }
    }

    private static void MakeDirectory(string path, UnixFileMode mode)
    {
        if (!Directory.Exists(path))
        {
            Replace(path);
            Directory.CreateDirectory(path);
        }

        File.SetUnixFileMode(path, mode);
    }

    private static async Task WriteFileAsync(TarEntry entry, string path, CancellationToken stop)
    {
        Replace(path);
        await using (var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            if (entry.DataStream is { } data)
            {
                await data.CopyToAsync(file, stop);
            }
        }

        File.SetUnixFileMode(path, entry.Mode & Permissions);
        File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
    }

    // A file or link may be replaced by the copy, a directory not.
    private static void Replace(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            throw new CommandFailedException($"cannot overwrite directory \"{path}\" with non-directory \"{path}\"");
        }

        File.Delete(path);
    }

    private static string Place(string directory, string name)
    {
        string root = directory.EndsWith("/.", StringComparison.Ordinal) ? directory[..^2] : directory;
        string full = Path.GetFullPath(Path.Combine(root, name.TrimStart('/'))).TrimEnd('/');
        string below = root.TrimEnd('/') + "/";
        if (full + "/" != below && !full.StartsWith(below, StringComparison.Ordinal))
        {
            throw new CommandFailedException($"invalid entry in the archive: \"{name}\" leads out of {root}");
        }

        // The directory itself may be reached by links; what lies below it was made by the archive or is real.
        string parent = below.TrimEnd('/');
        foreach (string part in full.Length > below.Length ? full[below.Length..].Split('/').SkipLast(1) : [])
        {
            parent += "/" + part;
            if (new DirectoryInfo(parent).LinkTarget is not null)
            {
                throw new CommandFailedException($"invalid entry in the archive: \"{name}\" goes through a link");
            }
        }

        return full.Length == 0 ? "/" : full;
    }
}
