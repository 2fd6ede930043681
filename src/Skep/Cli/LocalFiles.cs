using Skep.Linux.Files;

namespace Skep.Cli;

/// <summary>Files that commands read and write, with errors in docker's words.</summary>
internal static class LocalFiles
{
    /// <summary>For its owner alone.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const uint PermissionBits = 0x1FF; // 0777

    public static FileStream OpenRead(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"open {path}: {Reason(failure, path)}");
        }
    }

    /// <summary>The folder must be there, and what stands at the path must be a file.</summary>
    public static void CheckOutput(string path, string what)
    {
        string folder = FolderOf(path);
        if (!Directory.Exists(folder))
        {
            throw new CommandFailedException(
                $"{what}: invalid output path: stat {folder}: no such file or directory");
        }

        if (Directory.Exists(path))
        {
            throw new CommandFailedException($"{what}: cannot write to a directory");
        }
    }

    /// <summary>An archive goes to a file or into a pipe, neither to a terminal nor where nobody can write.</summary>
    public static void CheckArchive(CliConsole console, string path, string what)
    {
        if (path.Length > 0)
        {
            CheckOutput(path, what);
        }
        else if (console.OutputIsTerminal)
        {
            throw new CommandFailedException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }
    }

    /// <summary>To the file, or to the standard output without one.</summary>
    public static Task SaveArchiveAsync(CliConsole console, string path, Stream archive, CancellationToken stop) =>
        path.Length == 0 ? archive.CopyToAsync(console.Output, stop) : WriteWholeAsync(path, archive, stop);

    /// <summary>The file appears only when it is complete, and nobody else can read it before or after.</summary>
    public static async Task WriteWholeAsync(string path, Stream content, CancellationToken stop)
    {
        string fresh = FreshPath(path);
        try
        {
            await using (FileStream file = CreateFresh(fresh))
            {
                await content.CopyToAsync(file, stop);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandFailedException($"open {path}: permission denied");
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    /// <summary>Replaces a file in one step: whoever reads it sees the old content or the new.</summary>
    /// <param name="mode">Exactly, whatever the user's mask says; until the content is complete it is private.</param>
    public static void WriteWhole(string path, ReadOnlySpan<byte> content, UnixFileMode mode) =>
        WriteWhole(path, content, mode, owner: null);

    /// <summary>As before, for a file that stays its owner's, and open to whom it was. A new one is private.</summary>
    public static void Rewrite(string path, ReadOnlySpan<byte> content)
    {
        if (!File.Exists(path))
        {
            WriteWhole(path, content, Private);
            return;
        }

        using SafeRoot folder = SafeRoot.Open(FolderOf(path));
        FileFacts before = folder.Stat(Path.GetFileName(path), LastLink.Keep);

        // Only root can give files away, and does when it works in somebody's home.
        FileFacts? owner = Environment.IsPrivilegedProcess ? before : null;
        WriteWhole(path, content, (UnixFileMode)(before.Mode & PermissionBits), owner);
    }

    private static void WriteWhole(string path, ReadOnlySpan<byte> content, UnixFileMode mode, FileFacts? owner)
    {
        string fresh = FreshPath(path);
        try
        {
            using (FileStream file = CreateFresh(fresh))
            {
                file.Write(content);
                if (owner is { } old)
                {
                    using SafeRoot folder = SafeRoot.Open(FolderOf(path));
                    using FileObject written = folder.Get(Path.GetFileName(fresh), LastLink.Keep);
                    written.SetOwner(old.Uid, old.Gid);
                }

                File.SetUnixFileMode(file.SafeFileHandle, mode);
            }

            File.Move(fresh, path, overwrite: true);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";

    // Another one for every writer, so that two of them do not write into the same file.
    private static string FreshPath(string path) => Path.Combine(
        FolderOf(path),
        $".tmp-{Path.GetFileName(path)}.{Path.GetRandomFileName()}");

    private static FileStream CreateFresh(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        UnixCreateMode = Private,
    });

    private static string Reason(Exception failure, string path) => failure switch
    {
        UnauthorizedAccessException => Directory.Exists(path) ? "is a directory" : "permission denied",
        FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
        _ => failure.Message,
    };
}
