using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Skep.Linux.Files.FileCalls;

namespace Skep.Linux.Files;

/// <summary>A lock that one process holds as long as it lives: one daemon per data root.</summary>
/// <remarks>The file stays when the lock is given back: removing it would let two holders in.</remarks>
public sealed unsafe partial class FileLock : IDisposable
{
    private const int LOCK_EX = 2, LOCK_NB = 4;

    private readonly SafeFileHandle file;

    private FileLock(SafeFileHandle file) => this.file = file;

    /// <returns>Null when somebody else holds it.</returns>
    public static FileLock? TryTake(string path)
    {
        int descriptor;
        fixed (byte* name = NameBytes.Encode(path))
        {
            descriptor = Open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0x180);
        }

        if (descriptor < 0)
        {
            throw new ErrnoException($"open {path}", Marshal.GetLastPInvokeError());
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Flock(file, LOCK_EX | LOCK_NB) == 0)
        {
            return new FileLock(file);
        }

        int errno = Marshal.GetLastPInvokeError();
        file.Dispose();
        return errno == Errno.EAGAIN ? null : throw new ErrnoException($"flock {path}", errno);
    }

    public void Dispose() => file.Dispose();

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
