using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skep.Linux.Files;

/// <summary>Tells whether two open files are one.</summary>
public static partial class FileIdentity
{
    // struct statx (linux/stat.h): stx_ino at byte 32, stx_dev_major at 136, stx_dev_minor at 140; 256 bytes in all.
    private const int StatxBytes = 256;
    private const int AtEmptyPath = 0x1000;
    private const uint WantInode = 0x100;

    public static bool AreSame(SafeFileHandle one, SafeFileHandle other) => Of(one) == Of(other);

    private static unsafe (ulong Inode, ulong Device) Of(SafeFileHandle file)
    {
        byte* answer = stackalloc byte[StatxBytes];
        if (statx(file, "", AtEmptyPath, WantInode, answer) != 0)
        {
            throw new ErrnoException("statx", Marshal.GetLastPInvokeError());
        }

        return (*(ulong*)(answer + 32), *(ulong*)(answer + 136));
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(
        SafeFileHandle file, string path, int flags, uint mask, byte* answer);
}
