using System.Runtime.InteropServices;

namespace Skep.Linux.Files;

/// <summary>What an object of a file system is.</summary>
public enum FileKind
{
    Unknown = 0,
    Fifo = 0x1,
    CharacterDevice = 0x2,
    Directory = 0x4,
    BlockDevice = 0x6,
    Regular = 0x8,
    Link = 0xA,
    Socket = 0xC,
}

/// <summary>A point in time as the kernel keeps it (struct timespec), since 1970.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct UnixTime(long Seconds, long Nanoseconds)
{
    // .NET's calendar ends before the kernel's: a hostile time stamp must not throw.
    private const long FirstSecond = -62135596800, LastSecond = 253402300799;

    public DateTimeOffset ToDateTimeOffset() =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(Seconds, FirstSecond, LastSecond))
            .AddTicks(Seconds is >= FirstSecond and < LastSecond ? Nanoseconds / 100 : 0);

    public static UnixTime From(DateTimeOffset at)
    {
        long ticks = at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        (long whole, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return rest < 0
            ? new UnixTime(whole - 1, (rest + TimeSpan.TicksPerSecond) * 100)
            : new UnixTime(whole, rest * 100);
    }
}

/// <summary>What lstat tells.</summary>
public readonly record struct FileFacts
{
    public required FileKind Kind { get; init; }

    /// <summary>Permission bits with set-id and sticky: 07777.</summary>
    public required uint Mode { get; init; }

    public required uint Uid { get; init; }
    public required uint Gid { get; init; }

    /// <summary>Bytes as read; for a link the length of its text.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes on the disk.</summary>
    public required long AllocatedBytes { get; init; }

    public required uint LinkCount { get; init; }

    /// <summary>Unique together with <see cref="Device"/>.</summary>
    public required ulong Inode { get; init; }

    /// <summary>The file system that it is on.</summary>
    public required (uint Major, uint Minor) Device { get; init; }

    /// <summary>The device that it stands for, if it is one.</summary>
    public required (uint Major, uint Minor) Represents { get; init; }

    public required UnixTime Accessed { get; init; }
    public required UnixTime Modified { get; init; }
    public required UnixTime Changed { get; init; }

    internal const int StatxBytes = 256;
    internal const uint StatxBasic = 0x7ff;

    // struct statx (linux/stat.h): 4 mask, 4 blksize, 8 attributes, 4 nlink, 4 uid, 4 gid, 2 mode, 2 pad, 8 ino,
    // 8 size, 8 blocks, 8 attributes_mask, then 16 each of atime, btime, ctime, mtime, then 4 each of rdev_major,
    // rdev_minor, dev_major, dev_minor. The same on every processor.
    internal static FileFacts FromStatx(ReadOnlySpan<byte> statx)
    {
        ushort mode = Host16(statx, 28);
        return new FileFacts
        {
            Kind = (FileKind)(mode >> 12),
            Mode = mode & 0xFFFu,
            LinkCount = Host32(statx, 16),
            Uid = Host32(statx, 20),
            Gid = Host32(statx, 24),
            Inode = (ulong)Host64(statx, 32),
            Size = Host64(statx, 40),
            AllocatedBytes = Host64(statx, 48) * 512,
            Accessed = Time(statx, 64),
            Changed = Time(statx, 96),
            Modified = Time(statx, 112),
            Represents = (Host32(statx, 128), Host32(statx, 132)),
            Device = (Host32(statx, 136), Host32(statx, 140)),
        };
    }

    private static UnixTime Time(ReadOnlySpan<byte> statx, int at) => new(Host64(statx, at), Host32(statx, at + 8));

    private static ushort Host16(ReadOnlySpan<byte> bytes, int at) => MemoryMarshal.Read<ushort>(bytes[at..]);

    private static uint Host32(ReadOnlySpan<byte> bytes, int at) => MemoryMarshal.Read<uint>(bytes[at..]);

    private static long Host64(ReadOnlySpan<byte> bytes, int at) => MemoryMarshal.Read<long>(bytes[at..]);
}
