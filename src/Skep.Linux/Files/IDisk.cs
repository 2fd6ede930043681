namespace Skep.Linux.Files;

/// <summary>The disk as code that must survive a crash sees it: what is durable is said, never assumed.</summary>
/// <remarks>
/// Two disks exist, the real one and the simulation's, and one contract suite runs against both. Calls wait until they
/// are done. Content is durable after a sync of the file; names (created, renamed, deleted) after a sync of their
/// directory. Every call may throw <see cref="DiskFullException"/> (nothing changed, try again when there is room) or
/// <see cref="SyncFailedException"/> (the process must end).
/// </remarks>
public interface IDisk
{
    /// <summary>Makes a directory (mode 0700), and those above it, durably. One that exists is left as it is.</summary>
    void CreateDirectory(string folder);

    /// <summary>The names in a directory, sorted by their bytes. None when there is no such directory.</summary>
    IReadOnlyList<string> List(string folder);

    bool Exists(string path);

    /// <summary>The whole content.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The disk could not read it.</exception>
    byte[] Read(string path);

    /// <summary>The whole content as it is on the disk: what is read is durable.</summary>
    /// <remarks>
    /// A process that was killed may have left bytes that are in memory only; they are synced first. One whose sync
    /// failed may have left bytes that memory shows and the disk does not have; they are forgotten first.
    /// </remarks>
    byte[] ReadDurably(string path);

    /// <summary>A new, empty file (mode 0600) to append to; one that stands there is replaced.</summary>
    IDiskFile Create(string path);

    /// <summary>Replaces a file in one step, durably: a crash leaves the old content or the new.</summary>
    void WriteDurably(string path, ReadOnlySpan<byte> content);

    /// <summary>Cuts a file to a length, durably.</summary>
    void Truncate(string path, long bytes);

    /// <summary>Gives a file another name and replaces what has it. Durable after a sync of the directory.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a name, if it is there. Durable after a sync of the directory.</summary>
    void Delete(string path);

    void SyncDirectory(string folder);

    /// <summary>A lock that lasts as long as the process or until it is disposed.</summary>
    /// <returns>Null when somebody else holds it.</returns>
    IDisposable? TryLock(string path);
}

/// <summary>A file that is being written, from its beginning, by one writer.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>The bytes appended so far, without room that is only allocated.</summary>
    long Length { get; }

    /// <summary>Adds bytes at the end. They are durable after <see cref="Sync"/>.</summary>
    /// <exception cref="DiskFullException">What was written of them has been cut off again.</exception>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Asks for room up to a length, so that syncs need not write the size; it reads as zeros.</summary>
    /// <remarks>A disk that cannot do it, or has no room, does nothing: it only makes appends slower.</remarks>
    void Allocate(long bytes);

    /// <summary>Waits until everything appended is on the disk.</summary>
    void Sync();

    /// <summary>Gives back the room that was allocated and not used.</summary>
    void Trim();
}
