using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Skep.Linux.Files.FileCalls;

namespace Skep.Linux.Files;

/// <summary>One object of a file system, held by descriptor: whatever becomes of its name, it stays the same.</summary>
/// <remarks>
/// The descriptor is O_PATH: it has no side effects (a FIFO does not block, a device does not wake up) and may be a
/// link itself. Where the kernel has no call on such a descriptor, /proc/self/fd leads back to the object.
/// </remarks>
public sealed unsafe class FileObject : IDisposable
{
    // Bounds of linux/limits.h: XATTR_SIZE_MAX, XATTR_LIST_MAX, PATH_MAX.
    private const int AttributeBytes = 65536, LinkBytes = 4096;

    private readonly string name;

    internal FileObject(SafeFileHandle handle, string name)
    {
        Handle = handle;
        this.name = name;
    }

    internal SafeFileHandle Handle { get; }

    /// <summary>A path that leads to this object, for calls that take no descriptor, as long as it is open.</summary>
    public string ProcPath => $"/proc/self/fd/{(int)Handle.DangerousGetHandle()}";

    public FileFacts Stat()
    {
        byte* buffer = stackalloc byte[FileFacts.StatxBytes];
        byte empty = 0;
        Check(Statx(Handle, &empty, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, FileFacts.StatxBasic, buffer), "stat");
        return FileFacts.FromStatx(new ReadOnlySpan<byte>(buffer, FileFacts.StatxBytes));
    }

    /// <summary>The text of a link.</summary>
    public string ReadLink()
    {
        byte* buffer = stackalloc byte[LinkBytes];
        byte empty = 0;
        nint length = ReadlinkAt(Handle, &empty, buffer, LinkBytes);
        Check(length, "readlink");
        return NameBytes.Decode(new ReadOnlySpan<byte>(buffer, (int)length));
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <exception cref="ErrnoException">EINVAL: it is something else, which could block or act when opened.</exception>
    public SafeFileHandle OpenRead()
    {
        if (Stat().Kind != FileKind.Regular)
        {
            throw new ErrnoException($"open {name}", Errno.EINVAL);
        }

        int descriptor;
        fixed (byte* path = NameBytes.Encode(ProcPath))
        {
            descriptor = Open(path, O_RDONLY | O_CLOEXEC, 0);
        }

        Check(descriptor, "open");
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public void SetOwner(uint uid, uint gid)
    {
        byte empty = 0;
        Check(FchownAt(Handle, &empty, uid, gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW), "chown");
    }

    /// <summary>Not for links: they have no mode of their own. After the owner, which clears set-id bits.</summary>
    public void SetMode(uint mode)
    {
        fixed (byte* path = NameBytes.Encode(ProcPath))
        {
            Check(Chmod(path, mode & 0xFFF), "chmod");
        }
    }

    public void SetTimes(UnixTime accessed, UnixTime modified)
    {
        UnixTime* times = stackalloc UnixTime[] { accessed, modified };
        byte empty = 0;
        Check(UtimensAt(Handle, &empty, times, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW), "utimensat");
    }

    /// <summary>Names of the extended attributes; none where the file system has no such thing.</summary>
    public IReadOnlyList<string> ListAttributes()
    {
        var buffer = new byte[AttributeBytes];
        nint length;
        fixed (byte* path = NameBytes.Encode(ProcPath))
        fixed (byte* names = buffer)
        {
            length = ListXattr(path, names, (nuint)buffer.Length);
        }

        if (length < 0 && Marshal.GetLastPInvokeError() == Errno.EOPNOTSUPP)
        {
            return [];
        }

        Check(length, "listxattr");
        return NameBytes.Decode(buffer.AsSpan(0, (int)length)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>An extended attribute's value; null when there is none.</summary>
    public byte[]? GetAttribute(string attribute)
    {
        var buffer = new byte[AttributeBytes];
        nint length;
        fixed (byte* path = NameBytes.Encode(ProcPath))
        fixed (byte* key = NameBytes.Encode(attribute))
        fixed (byte* value = buffer)
        {
            length = GetXattr(path, key, value, (nuint)buffer.Length);
        }

        if (length < 0 && Marshal.GetLastPInvokeError() is Errno.ENODATA or Errno.EOPNOTSUPP)
        {
            return null;
        }

        Check(length, $"getxattr {attribute}");
        return buffer[..(int)length];
    }

    public void SetAttribute(string attribute, ReadOnlySpan<byte> content)
    {
        fixed (byte* path = NameBytes.Encode(ProcPath))
        fixed (byte* key = NameBytes.Encode(attribute))
        fixed (byte* value = content)
        {
            Check(SetXattr(path, key, value, (nuint)content.Length, 0), $"setxattr {attribute}");
        }
    }

    public void Dispose() => Handle.Dispose();

    private void Check(nint result, string call)
    {
        if (result < 0)
        {
            throw new ErrnoException($"{call} {name}", Marshal.GetLastPInvokeError());
        }
    }
}
