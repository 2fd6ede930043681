using System.Security.Cryptography;
using Skep.Linux.Files;

namespace Skep.Transport.Identity;

/// <summary>What stands on the disk.</summary>
public enum KeyFileState
{
    /// <summary>There is no file: this node belongs to no swarm.</summary>
    Missing,

    /// <summary>It is locked and waits for the unlock key.</summary>
    Locked,

    /// <summary>It has been read.</summary>
    Open,
}

/// <summary>The one file with all of a node's keys: TLS key, data keys, certificate and roots.</summary>
/// <remarks>
/// One file, replaced in one step, so that no crash leaves a TLS key under one lock and a data key under another, or a
/// certificate without its key. Its layout is in <see cref="KeyFileFormat"/>. Thread-safe; the disk is written under
/// the
/// lock, which is rare.
/// </remarks>
public sealed class KeyFile
{
    private readonly IDisk disk;
    private readonly string path;
    private readonly Lock gate = new();
    private byte[]? lockedContent;
    private NodeKeys? keys;

    private KeyFile(IDisk disk, string path)
    {
        this.disk = disk;
        this.path = path;
    }

    public KeyFileState State
    {
        get
        {
            lock (gate)
            {
                return (keys, lockedContent) switch
                {
                    ({ }, _) => KeyFileState.Open,
                    (_, { }) => KeyFileState.Locked,
                    _ => KeyFileState.Missing,
                };
            }
        }
    }

    /// <summary>What the file holds. It must be open.</summary>
    public NodeKeys Keys
    {
        get
        {
            lock (gate)
            {
                Invariant.Holds(keys is not null);
                return keys;
            }
        }
    }

    /// <exception cref="BadKeyFileException">It is damaged.</exception>
    public static KeyFile Load(IDisk disk, string path)
    {
        var file = new KeyFile(disk, path);
        if (disk.Exists(path))
        {
            byte[] content = disk.Read(path);
            if (KeyFileFormat.IsLocked(content))
            {
                file.lockedContent = content;
            }
            else
            {
                file.keys = KeyFileFormat.Read(content, null);
                CryptographicOperations.ZeroMemory(content);
            }
        }

        return file;
    }

    /// <summary>Opens a locked file.</summary>
    /// <returns>False when the key is not the one it is locked with. Nothing has changed then.</returns>
    /// <exception cref="BadKeyFileException">The key is right and what it opens is no set of keys.</exception>
    public bool Unlock(UnlockKey key)
    {
        lock (gate)
        {
            if (lockedContent is null)
            {
                return keys is not null && key.Equals(keys.Lock);
            }

            keys = KeyFileFormat.TryRead(lockedContent, key);
            if (keys is null)
            {
                return false;
            }

            lockedContent = null;
            return true;
        }
    }

    /// <summary>Writes the keys of a node that is new in its swarm.</summary>
    public void Create(NodeKeys first)
    {
        lock (gate)
        {
            Invariant.Holds(keys is null && lockedContent is null);
            Write_NeedsLock(first);
        }
    }

    /// <summary>Changes what the file holds; it is durable when this returns.</summary>
    /// <returns>What it holds now.</returns>
    public NodeKeys Update(Func<NodeKeys, NodeKeys> change)
    {
        lock (gate)
        {
            Invariant.Holds(keys is not null);
            NodeKeys next = change(keys);
            if (!ReferenceEquals(next, keys))
            {
                Write_NeedsLock(next);
            }

            return next;
        }
    }

    /// <summary>Forgets this node's place in the swarm.</summary>
    public void Delete()
    {
        lock (gate)
        {
            disk.Delete(path);
            disk.SyncDirectory(Path.GetDirectoryName(path)!);
            keys = null;
            lockedContent = null;
        }
    }

    private void Write_NeedsLock(NodeKeys next)
    {
        byte[] content = KeyFileFormat.Write(next);
        disk.WriteDurably(path, content);
        CryptographicOperations.ZeroMemory(content);
        keys = next;
    }
}

/// <summary>The key file is damaged. The message names no content.</summary>
public sealed class BadKeyFileException(string message, Exception? inner = null) : Exception(message, inner);
