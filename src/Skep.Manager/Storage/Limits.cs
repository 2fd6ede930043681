namespace Skep.Manager.Storage;

/// <summary>The bounds of the log on disk, with unit and reason.</summary>
internal static class Limits
{
    /// <summary>
    /// Bytes; what a disk writes whole or not at all. Every frame starts on such a border and fills its last one, so
    /// that no sector holds bytes of two frames.
    /// </summary>
    public const int SectorBytes = 512;

    /// <summary>Bytes after which a segment is closed. Small, so that compaction gives room back early.</summary>
    public const long SegmentBytes = 16L << 20;

    /// <summary>
    /// Bytes of room taken ahead of the writes: a sync that need not write the file's size takes half the time
    /// (docs/internals/storage.md has the figures).
    /// </summary>
    public const long AllocateBytes = 4L << 20;

    /// <summary>Bytes of one frame, that is of one save: far above what consensus hands over at once.</summary>
    public const int FrameBytes = 1 << 30;

    /// <summary>Bytes of the buffer kept between saves; a larger one is given back.</summary>
    public const int BufferBytesKept = 4 << 20;

    /// <summary>Bytes encrypted at a time in a snapshot.</summary>
    public const int SnapshotChunkBytes = 1 << 20;

    /// <summary>Bytes of a snapshot: it is held in memory as one array.</summary>
    public const int SnapshotBytes = int.MaxValue - (16 << 20);

    /// <summary>Bytes of an entry's or an identity's length that are believed: what fits a frame.</summary>
    public const int NameBytes = 1024;

    /// <summary>Members of a configuration.</summary>
    public const int Members = 10_000;

    /// <summary>Broken tails and snapshots kept aside for whoever wants to know what happened.</summary>
    public const int BrokenFilesKept = 8;

    /// <summary>Bytes held so that what frees room can still be written when the disk is full.</summary>
    public const long ReserveBytes = 4L << 20;
}
