using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Skep.Linux.Files;

namespace Skep.Linux.Mounts;

/// <summary>A copy of a mounted tree that hangs nowhere yet; disposed of without a place, it is gone.</summary>
/// <remarks>
/// Unlike a bind it is made private and read-only before anybody can see it, and its source and its place may both be
/// descriptors that were found safely (kernel 5.12).
/// </remarks>
public sealed unsafe partial class MountClone : IDisposable
{
    // linux/mount.h. The numbers are the same on every processor.
    private const long OpenTreeNumber = 428, MoveMountNumber = 429, MountSetAttrNumber = 442;
    private const uint OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = 0x80000, AT_EMPTY_PATH = 0x1000, AT_RECURSIVE = 0x8000;
    private const uint MOVE_MOUNT_F_EMPTY_PATH = 0x4, MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private const ulong MOUNT_ATTR_RDONLY = 1;

    private readonly SafeFileHandle tree;

    private MountClone(SafeFileHandle tree) => this.tree = tree;

    /// <param name="recursive">With the mounts below the source.</param>
    public static MountClone Of(FileObject source, bool recursive, bool readOnly)
    {
        byte empty = 0;
        uint depth = recursive ? AT_RECURSIVE : 0;
        long descriptor = OpenTree(
            OpenTreeNumber, source.Handle, &empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | depth);
        Check(descriptor, "open_tree");
        var clone = new MountClone(new SafeFileHandle((nint)descriptor, ownsHandle: true));
        var attributes = new MountAttributes
        {
            Set = readOnly ? MOUNT_ATTR_RDONLY : 0,
            Propagation = MountOptions.Private,
        };
        if (MountSetAttr(MountSetAttrNumber, clone.tree, &empty, AT_EMPTY_PATH | depth, &attributes, 32) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            clone.Dispose();
            throw new ErrnoException("mount_setattr", errno);
        }

        return clone;
    }

    /// <summary>Hangs the tree onto a directory, or a single file onto a file.</summary>
    public void Attach(FileObject place)
    {
        byte empty = 0;
        Check(
            MoveMount(
                MoveMountNumber,
                tree,
                &empty,
                place.Handle,
                &empty,
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
            "move_mount");
    }

    public void Dispose() => tree.Dispose();

    private static void Check(long result, string call)
    {
        if (result < 0)
        {
            throw new ErrnoException(call, Marshal.GetLastPInvokeError());
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MountAttributes
    {
        public ulong Set;
        public ulong Clear;
        public ulong Propagation;
        public ulong UserNamespace;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long OpenTree(long number, SafeFileHandle directory, byte* path, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long MountSetAttr(
        long number, SafeFileHandle directory, byte* path, uint flags, MountAttributes* attributes, nuint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long MoveMount(
        long number, SafeFileHandle from, byte* fromPath, SafeFileHandle to, byte* toPath, uint flags);
}
