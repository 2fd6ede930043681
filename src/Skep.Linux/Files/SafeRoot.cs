using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Skep.Linux.Files.FileCalls;

namespace Skep.Linux.Files;

/// <summary>What to do when the last part of a path is a link.</summary>
public enum LastLink
{
    Follow,
    Keep,
}

/// <summary>A directory opened once; every path given to it stays below it, as if it were the root.</summary>
/// <remarks>
/// The kernel resolves each path with RESOLVE_IN_ROOT: "..", absolute names and links, swapped in mid-way or not, lead
/// to something below the directory or nowhere. /proc's magic links are refused. Calls that have no such resolution
/// (mkdir, unlink) are made on the parent's descriptor with one plain name. Thread-safe.
/// </remarks>
public sealed unsafe partial class SafeRoot : IDisposable
{
    private const ulong ResolveNoMagicLinks = 0x02, ResolveInRoot = 0x10;

    // The kernel answers EAGAIN when a rename anywhere on the machine made it unsure about "..".
    private const int AttemptCount = 128;

    private readonly SafeFileHandle directory;

    private SafeRoot(SafeFileHandle directory, string name)
    {
        this.directory = directory;
        Name = name;
    }

    /// <summary>How messages call this directory.</summary>
    public string Name { get; }

    /// <summary>Opens a directory by a path that no container and no image chose; links in it are followed.</summary>
    public static SafeRoot Open(string trustedPath)
    {
        int descriptor;
        fixed (byte* path = NameBytes.Encode(trustedPath))
        {
            descriptor = FileCalls.Open(path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        }

        if (descriptor < 0)
        {
            throw new ErrnoException($"open directory {trustedPath}", Marshal.GetLastPInvokeError());
        }

        return new SafeRoot(new SafeFileHandle(descriptor, ownsHandle: true), trustedPath);
    }

    /// <summary>A directory below, as a root of its own.</summary>
    public SafeRoot OpenDirectory(string path, LastLink link = LastLink.Follow) =>
        new(Resolve(path, O_PATH | O_DIRECTORY | (link == LastLink.Keep ? O_NOFOLLOW : 0)), $"{Name}/{path}");

    public FileObject Get(string path, LastLink link) =>
        new(Resolve(path, O_PATH | (link == LastLink.Keep ? O_NOFOLLOW : 0)), path);

    /// <summary>Null when there is nothing of that name, or a file where a directory would have to be.</summary>
    public FileObject? Find(string path, LastLink link)
    {
        int descriptor = TryResolve(path, O_PATH | (link == LastLink.Keep ? O_NOFOLLOW : 0), 0);
        if (descriptor >= 0)
        {
            return new FileObject(new SafeFileHandle(descriptor, ownsHandle: true), path);
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno is Errno.ENOENT or Errno.ENOTDIR ? null : throw Failure("open", path, errno);
    }

    public FileFacts Stat(string path, LastLink link)
    {
        using FileObject file = Get(path, link);
        return file.Stat();
    }

    public FileFacts? FindFacts(string path, LastLink link)
    {
        using FileObject? file = Find(path, link);
        return file?.Stat();
    }

    /// <summary>Opens a regular file for reading, following links; anything else is refused (EINVAL).</summary>
    public SafeFileHandle OpenRead(string path)
    {
        using FileObject file = Get(path, LastLink.Follow);
        return file.OpenRead();
    }

    /// <summary>Names in a directory, without "." and "..", sorted by their characters.</summary>
    public IReadOnlyList<string> List(string path = ".")
    {
        using SafeFileHandle open = Resolve(path, O_RDONLY | O_DIRECTORY);
        var names = new List<string>();
        var buffer = new byte[32768];
        while (true)
        {
            nint length;
            fixed (byte* start = buffer)
            {
                length = GetDents64(open, start, (nuint)buffer.Length);
            }

            if (length < 0)
            {
                throw Failure("list", path, Marshal.GetLastPInvokeError());
            }

            if (length == 0)
            {
                names.Sort(StringComparer.Ordinal);
                return names;
            }

            AddNames(buffer.AsSpan(0, (int)length), names);
        }
    }

    // struct linux_dirent64: 8 inode, 8 offset, 2 length of this record, 1 type, name, NUL, padding.
    private static void AddNames(ReadOnlySpan<byte> records, List<string> names)
    {
        while (!records.IsEmpty)
        {
            ushort length = MemoryMarshal.Read<ushort>(records[16..]);
            ReadOnlySpan<byte> name = records[19..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(NameBytes.Decode(name));
            }

            records = records[length..];
        }
    }

    public void Dispose() => directory.Dispose();

    private SafeFileHandle Resolve(string path, int flags, uint mode = 0)
    {
        int descriptor = TryResolve(path, flags, mode);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Failure("open", path, Marshal.GetLastPInvokeError());
    }

    private int TryResolve(string path, int flags, uint mode)
    {
        var how = new OpenHow
        {
            Flags = (ulong)(uint)(flags | O_CLOEXEC),
            Mode = mode,
            Resolve = ResolveInRoot | ResolveNoMagicLinks,
        };
        int descriptor = -1;
        fixed (byte* name = NameBytes.Encode(path.Length == 0 ? "." : path))
        {
            for (int attempt = 0; attempt < AttemptCount; attempt++)
            {
                descriptor = OpenAt2(directory, name, &how);
                if (descriptor >= 0 || Marshal.GetLastPInvokeError() is not (Errno.EAGAIN or Errno.EINTR))
                {
                    break;
                }
            }
        }

        return descriptor;
    }

    private static ErrnoException Failure(string call, string path, int errno) => new($"{call} {path}", errno);
}
