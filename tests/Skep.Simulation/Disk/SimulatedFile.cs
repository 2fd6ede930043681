namespace Skep.Simulation.Disk;

/// <summary>A file's bytes, of which a front part is durable and the rest is not yet.</summary>
/// <remarks>Files are only appended to and cut, as <see cref="Skep.Linux.Files.IDisk"/> allows no more.</remarks>
internal sealed class SimulatedFile
{
    private const int SectorBytes = 512;

    /// <summary>May be shorter than the length: what is behind it is zeros.</summary>
    private byte[] bytes = [];

    /// <summary>Bytes appended; behind them zeros up to the size.</summary>
    public long Length { get; private set; }

    /// <summary>Length with the room that was allocated.</summary>
    public long RoomBytes { get; private set; }

    /// <summary>Up to here a power loss takes nothing.</summary>
    private long durableLength;

    /// <summary>The size that a power loss would leave at the least.</summary>
    private long durableRoomBytes;

    /// <summary>Where bytes begin that a failed sync left in memory only. They never become durable.</summary>
    private long doomedFrom = long.MaxValue;

    public byte[] Content()
    {
        var content = new byte[RoomBytes];
        bytes.AsSpan(0, (int)Math.Min(Length, bytes.Length)).CopyTo(content);
        return content;
    }

    public void Append(ReadOnlySpan<byte> more)
    {
        if (more.ContainsAnyExcept((byte)0))
        {
            Stretch(Length + more.Length);
            more.CopyTo(bytes.AsSpan((int)Length));
        }

        Length += more.Length;
        RoomBytes = Math.Max(RoomBytes, Length);
    }

    public void Allocate(long room) => RoomBytes = Math.Max(RoomBytes, room);

    /// <summary>Takes room back that was not written. Not durable by itself, and harmless either way.</summary>
    public void Trim() => RoomBytes = Length;

    /// <summary>Takes back the last bytes of an append that failed.</summary>
    public void CutBack(long length)
    {
        Clear(length, Length);
        Length = length;
        RoomBytes = length;
    }

    public void Truncate(long length)
    {
        Clear(length, Length);
        Length = Math.Min(Length, length);
        RoomBytes = length;
        durableLength = Math.Min(durableLength, Length);
        durableRoomBytes = length;
    }

    public void Sync()
    {
        durableLength = Math.Min(Length, doomedFrom);
        durableRoomBytes = RoomBytes;
    }

    public void SyncFailed() => doomedFrom = Math.Min(doomedFrom, durableLength);

    /// <summary>Reads again from the disk.</summary>
    /// <returns>Whether memory showed something else.</returns>
    public bool ForgetWhatMemoryShows()
    {
        if (doomedFrom >= Length)
        {
            return false;
        }

        Clear(doomedFrom, Length);
        Length = doomedFrom;
        doomedFrom = long.MaxValue;
        return true;
    }

    public void LosePower(SimulatedDisk disk)
    {
        bool isWhole = doomedFrom == long.MaxValue && !disk.Happens(disk.Faults.LossAtCrash);
        if (!isWhole && Length > durableLength)
        {
            LoseSectors(disk);
        }

        durableLength = Length;
        durableRoomBytes = RoomBytes;
        doomedFrom = long.MaxValue;
    }

    public void FlipBit(long bit)
    {
        Stretch((bit / 8) + 1);
        bytes[bit / 8] ^= (byte)(1 << (int)(bit % 8));
    }

    private void Stretch(long length)
    {
        if (length > bytes.Length)
        {
            Array.Resize(ref bytes, (int)Math.Max(bytes.Length * 2L, length));
        }
    }

    private void Clear(long from, long to)
    {
        long end = Math.Min(to, bytes.Length);
        if (from < end)
        {
            bytes.AsSpan((int)from..(int)end).Clear();
        }
    }

    private void LoseSectors(SimulatedDisk disk)
    {
        long lastKept = durableLength;
        for (long at = durableLength; at < Length;)
        {
            long end = Math.Min((at / SectorBytes * SectorBytes) + SectorBytes, Length);
            if (at >= doomedFrom || disk.Happens(disk.Faults.SectorLoss))
            {
                Clear(at, end);
                disk.Figures.BytesLost += end - at;
            }
            else
            {
                lastKept = end;
            }

            at = end;
        }

        // The size covers what was kept and what was durable; above that it may have been written down or not.
        long least = Math.Max(lastKept, durableRoomBytes);
        if (RoomBytes > least)
        {
            RoomBytes = disk.Draw(3) switch
            {
                0 => least,
                1 => RoomBytes,
                _ => least + disk.Draw(RoomBytes - least),
            };
        }

        Length = Math.Min(Length, RoomBytes);
    }
}
