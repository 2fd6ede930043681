using Skep.Linux.Files;

namespace Skep.Simulation.Disk;

/// <summary>A file of <see cref="SimulatedDisk"/> as the process that writes it holds it.</summary>
internal sealed class SimulatedFileHandle(SimulatedDisk disk, SimulatedFile file, string path) : IDiskFile
{
    private readonly int life = disk.Life;

    public long Length => file.Length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Step();
        long before = file.Length;
        long roomBefore = file.RoomBytes;
        long room = disk.CapacityBytes - disk.UsedBytes + (roomBefore - before);
        if (bytes.Length > room)
        {
            // Some of it goes to the disk before it is full, and is cut off again.
            disk.Figures.RefusalsForRoom++;
            file.CutBack(before);
            disk.UsedBytes += file.RoomBytes - roomBefore;
            throw new DiskFullException(path);
        }

        file.Append(bytes);
        disk.UsedBytes += file.RoomBytes - roomBefore;
    }

    public void Allocate(long bytes)
    {
        Step();
        long before = file.RoomBytes;
        if (bytes - before <= disk.CapacityBytes - disk.UsedBytes)
        {
            file.Allocate(bytes);
            disk.UsedBytes += file.RoomBytes - before;
        }
    }

    public void Sync()
    {
        Step();
        bool isDone;
        try
        {
            isDone = disk.Syncs(path, "fdatasync");
        }
        catch (SyncFailedException)
        {
            LoseSometimes();
            throw;
        }

        if (isDone)
        {
            file.Sync();
        }
        else if (disk.Bug == DiskBug.HidesFailedSyncs)
        {
            LoseSometimes();
        }
    }

    // Half of the time the disk got it all the same.
    private void LoseSometimes()
    {
        if (disk.Happens(0.5))
        {
            file.SyncFailed();
        }
    }

    public void Trim()
    {
        if (life != disk.Life)
        {
            return;
        }

        long before = file.RoomBytes;
        file.Trim();
        disk.UsedBytes += file.RoomBytes - before;
    }

    public void Dispose()
    {
    }

    private void Step()
    {
        Invariant.Holds(life == disk.Life);
        disk.Step();
    }
}
