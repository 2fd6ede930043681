using Skep.Linux.Files;

namespace Skep.Manager.Storage;

/// <summary>Room held by a file, given up when the disk is full: what frees room must still be writable.</summary>
public sealed class DiskReserve
{
    private readonly IDisk disk;
    private readonly string path;

    internal DiskReserve(IDisk disk, StorageFolder folder)
    {
        this.disk = disk;
        path = folder.Reserve;
        IsHeld = disk.Exists(path);
    }

    public bool IsHeld { get; private set; }

    /// <summary>Gives the room up. Fill it only with what frees more.</summary>
    public void Spend()
    {
        disk.Delete(path);
        IsHeld = false;
    }

    /// <summary>Takes the room, when there is enough.</summary>
    /// <returns>Whether it is held now.</returns>
    public bool TryHold()
    {
        if (IsHeld)
        {
            return true;
        }

        string unfinished = path + StorageFolder.Unfinished;
        try
        {
            using (IDiskFile file = disk.Create(unfinished))
            {
                // Written, not only asked for: not every file system can promise room.
                var zeros = new byte[1 << 20];
                while (file.Length < Limits.ReserveBytes)
                {
                    file.Append(zeros);
                }

                file.Sync();
            }

            disk.Rename(unfinished, path);
            IsHeld = true;
        }
        catch (DiskFullException)
        {
            disk.Delete(unfinished);
        }

        return IsHeld;
    }
}
