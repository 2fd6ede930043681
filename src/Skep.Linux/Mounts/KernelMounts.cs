using System.Runtime.InteropServices;
using Skep.Linux.Files;

namespace Skep.Linux.Mounts;

/// <summary>Making and ending mounts in this process's mount namespace.</summary>
/// <remarks>Targets are trusted; for one that a container chose there is <see cref="MountClone"/>.</remarks>
public static unsafe partial class KernelMounts
{
    private const int MNT_DETACH = 2, UMOUNT_NOFOLLOW = 8;

    // mount(2) copies one page of data and cuts the rest off in silence.
    private const int DataBytes = 4096;

    /// <summary>Mounts as mount(8) would: the mount itself, then "ro" of a bind, then propagation.</summary>
    /// <param name="type">File system; ignored for a bind.</param>
    public static void Mount(string type, string source, string target, IEnumerable<string> options)
    {
        MountOptions wanted = MountOptions.Parse(options);
        if (NameBytes.Encode(wanted.Data).Length > DataBytes)
        {
            if (type != "overlay")
            {
                throw new ErrnoException($"mount {target}: options", Errno.EINVAL);
            }

            LongOverlay.Mount(source, target, wanted);
        }
        else
        {
            Call(source, target, type, wanted.Flags, wanted.Data);
        }

        // The kernel ignores every other flag when it makes a bind.
        ulong ofTheBind = wanted.Flags & ~(MountOptions.Bind | MountOptions.Recursive | MountOptions.Remount);
        if ((wanted.Flags & MountOptions.Bind) != 0 && (wanted.Flags & MountOptions.Remount) == 0 && ofTheBind != 0)
        {
            try
            {
                Call("", target, "", ofTheBind | MountOptions.Bind | MountOptions.Remount, "");
            }
            catch (ErrnoException)
            {
                Unmount(target);
                throw;
            }
        }

        if (wanted.Propagation != 0)
        {
            Call("", target, "", wanted.Propagation, "");
        }
    }

    public static void Bind(string source, string target, bool recursive, bool readOnly) =>
        Mount("", source, target, [recursive ? "rbind" : "bind", readOnly ? "ro" : "rw"]);

    /// <param name="options">Complete: what is not said is switched off.</param>
    public static void Remount(string target, IEnumerable<string> options)
    {
        MountOptions wanted = MountOptions.Parse(options);
        Call("", target, "", wanted.Flags | MountOptions.Remount, wanted.Data);
    }

    /// <summary>Moves a mount. Refused (EINVAL) below a shared one.</summary>
    public static void Move(string from, string to) => Call(from, to, "", MountOptions.Move, "");

    /// <param name="propagation">"rprivate", "rshared" and the like.</param>
    public static void SetPropagation(string target, string propagation) =>
        Call("", target, "", MountOptions.PropagationOf(propagation), "");

    /// <exception cref="ErrnoException">EBUSY: in use; EINVAL: not a mount.</exception>
    public static void Unmount(string target)
    {
        if (!TryUnmount(target, UMOUNT_NOFOLLOW, out int errno))
        {
            throw new ErrnoException($"unmount {target}", errno);
        }
    }

    /// <summary>Takes a mount and those below it out of sight; the kernel ends them when they are unused.</summary>
    /// <returns>False when it was no mount, or there was nothing.</returns>
    public static bool Detach(string target)
    {
        if (TryUnmount(target, MNT_DETACH | UMOUNT_NOFOLLOW, out int errno))
        {
            return true;
        }

        return errno is Errno.EINVAL or Errno.ENOENT or Errno.ENOTDIR
            ? false
            : throw new ErrnoException($"unmount {target}", errno);
    }

    /// <summary>Detaches everything mounted at a directory or below: what a crash has left.</summary>
    public static void DetachBelow(string directory)
    {
        foreach (MountEntry entry in MountTable.Below(directory))
        {
            Detach(entry.Target);
        }
    }

    internal static void Call(string source, string target, string type, ulong flags, string data)
    {
        fixed (byte* from = NameBytes.Encode(source))
        fixed (byte* to = NameBytes.Encode(target))
        fixed (byte* kind = NameBytes.Encode(type))
        fixed (byte* options = NameBytes.Encode(data))
        {
            if (MountCall(from, to, kind, (nuint)flags, options) != 0)
            {
                throw new ErrnoException($"mount {target}", Marshal.GetLastPInvokeError());
            }
        }
    }

    private static bool TryUnmount(string target, int flags, out int errno)
    {
        fixed (byte* path = NameBytes.Encode(target))
        {
            bool done = UmountCall(path, flags) == 0;
            errno = done ? 0 : Marshal.GetLastPInvokeError();
            return done;
        }
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true)]
    private static partial int MountCall(byte* source, byte* target, byte* type, nuint flags, byte* data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true)]
    private static partial int UmountCall(byte* target, int flags);
}
