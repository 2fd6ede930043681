using System.Runtime.InteropServices;

namespace Skep.Linux.Files;

/// <summary>Durability is lost. Only the root may catch this, to end the process.</summary>
/// <remarks>After a failed sync or write nobody knows what is on the disk; a new start reads it again.</remarks>
public sealed class SyncFailedException(string path, int errno, string call)
    : IOException($"{call} {path}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    public SyncFailedException(string path, int errno)
        : this(path, errno, "fsync")
    {
    }
}
