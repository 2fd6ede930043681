using System.Runtime.InteropServices;

namespace Skep.Linux;

/// <summary>A system call that the kernel refused.</summary>
public sealed class ErrnoException(string what, int errno)
    : IOException($"{what}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    /// <summary>The errno, as in <see cref="Linux.Errno"/>.</summary>
    public int Errno => errno;
}

/// <summary>The errno values that callers branch on (asm-generic/errno.h).</summary>
public static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENXIO = 6;
    public const int EBADF = 9;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int EXDEV = 18;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENOSPC = 28;
    public const int EROFS = 30;
    public const int EPIPE = 32;
    public const int ELOOP = 40;
    public const int ENOTEMPTY = 39;
    public const int ENODATA = 61;
    public const int ENOTSOCK = 88;
    public const int EOPNOTSUPP = 95;
    public const int EADDRINUSE = 98;
    public const int EADDRNOTAVAIL = 99;
    public const int ENETUNREACH = 101;
    public const int EHOSTUNREACH = 113;
    public const int EDQUOT = 122;
}
