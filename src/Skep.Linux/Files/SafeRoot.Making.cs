using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Skep.Linux.Files.FileCalls;

namespace Skep.Linux.Files;

// Making and removing one name. Modes are cut by the process's umask: FileObject.SetMode makes them exact.
public sealed unsafe partial class SafeRoot
{
    /// <summary>A new regular file, open for writing. What has the name already is never opened: EEXIST.</summary>
    public SafeFileHandle CreateFile(string path, uint mode) =>
        Resolve(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode & 0xFFF);

    public void MakeDirectory(string path, uint mode)
    {
        using Place place = PlaceOf(path);
        fixed (byte* name = place.Name)
        {
            Check(MkdirAt(place.Parent, name, mode & 0xFFF), "mkdir", path);
        }
    }

    /// <summary>A directory and those above it that are missing. Existing links on the way are followed.</summary>
    /// <returns>Paths of the new ones, outermost first.</returns>
    public IReadOnlyList<string> MakeDirectories(string path, uint mode)
    {
        var made = new List<string>();
        string at = "";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            at = at.Length == 0 ? part : $"{at}/{part}";
            using FileObject? there = Find(at, LastLink.Follow);
            if (there is null)
            {
                if (part is "." or "..")
                {
                    throw Failure("mkdir", path, Errno.ENOENT);
                }

                MakeDirectory(at, mode);
                made.Add(at);
            }
            else if (there.Stat().Kind != FileKind.Directory)
            {
                throw Failure("mkdir", path, Errno.ENOTDIR);
            }
        }

        return made;
    }

    public void MakeLink(string path, string target)
    {
        using Place place = PlaceOf(path);
        fixed (byte* name = place.Name)
        fixed (byte* text = NameBytes.Encode(target))
        {
            Check(SymlinkAt(text, place.Parent, name), "symlink", path);
        }
    }

    /// <summary>A second name for an object that is there, a link itself included.</summary>
    public void MakeHardLink(string path, FileObject existing)
    {
        using Place place = PlaceOf(path);
        byte empty = 0;
        fixed (byte* name = place.Name)
        {
            Check(LinkAt(existing.Handle, &empty, place.Parent, name, AT_EMPTY_PATH), "link", path);
        }
    }

    /// <summary>A FIFO, a socket's name or a device. The caller decides whether a device is allowed here.</summary>
    public void MakeNode(string path, FileKind kind, uint mode, (uint Major, uint Minor) device)
    {
        // glibc's makedev: minor's low byte, major's low 12 bits, minor's rest, major's rest.
        ulong number = (device.Minor & 0xFFu) | ((device.Major & 0xFFFu) << 8)
            | ((ulong)(device.Minor & ~0xFFu) << 12) | ((ulong)(device.Major & ~0xFFFu) << 32);
        using Place place = PlaceOf(path);
        fixed (byte* name = place.Name)
        {
            Check(MknodAt(place.Parent, name, ((uint)kind << 12) | (mode & 0xFFF), number), "mknod", path);
        }
    }

    /// <summary>Removes a file, a link (not what it names) or an empty directory.</summary>
    public void Remove(string path)
    {
        using Place place = PlaceOf(path);
        fixed (byte* name = place.Name)
        {
            if (UnlinkAt(place.Parent, name, 0) == 0)
            {
                return;
            }

            // Linux says EISDIR of a directory; POSIX, and some file systems, say EPERM.
            int errno = Marshal.GetLastPInvokeError();
            if (errno is not (Errno.EISDIR or Errno.EPERM))
            {
                throw Failure("remove", path, errno);
            }

            Check(UnlinkAt(place.Parent, name, AT_REMOVEDIR), "remove", path);
        }
    }

    // The directory that a name is or will be in, and that one plain name.
    private Place PlaceOf(string path)
    {
        string trimmed = path.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        string name = trimmed[(slash + 1)..];
        if (name is "" or "." or "..")
        {
            throw Failure("name", path, Errno.EINVAL);
        }

        string parent = slash < 0 ? "." : trimmed[..slash];
        return new Place(Resolve(parent, O_PATH | O_DIRECTORY), NameBytes.Encode(name));
    }

    private static void Check(int result, string call, string path)
    {
        if (result < 0)
        {
            throw Failure(call, path, Marshal.GetLastPInvokeError());
        }
    }

    private readonly record struct Place(SafeFileHandle Parent, byte[] Name) : IDisposable
    {
        public void Dispose() => Parent.Dispose();
    }
}
