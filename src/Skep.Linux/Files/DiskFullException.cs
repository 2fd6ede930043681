namespace Skep.Linux.Files;

/// <summary>There is no room (ENOSPC) or no more allowance (EDQUOT). What stood before still stands.</summary>
public sealed class DiskFullException(string path) : IOException($"write {path}: no space left on the disk");
