namespace Skep.Simulation.Disk;

/// <summary>How often a simulated disk fails, as chances from 0 to 1.</summary>
/// <remarks>
/// The ranges are those of TigerBeetle's simulator where it has the fault (docs/reliability.md): reads 0 to 10 %,
/// writes in flight at a crash 80 to 100 %. A failed sync or a full disk ends or stops a manager, so those are rarer.
/// </remarks>
/// <param name="ReadError">Per read of a file.</param>
/// <param name="SyncError">Per sync: what it should have kept is perhaps in memory only.</param>
/// <param name="LossAtCrash">Per file with unsynced bytes, at a power loss: whether anything of them is lost.</param>
/// <param name="SectorLoss">Then, per unsynced sector: whether it is lost. Others before and after may be kept.</param>
/// <param name="NameLoss">Per unsynced name (made, renamed, deleted), at a power loss.</param>
public sealed record DiskFaults(
    double ReadError, double SyncError, double LossAtCrash, double SectorLoss, double NameLoss)
{
    /// <summary>A disk that only forgets: at a power loss everything that was not synced is gone.</summary>
    public static DiskFaults Forgetful { get; } = new(0, 0, 1, 1, 1);

    public static DiskFaults Draw(Random random) => new(
        ReadError: random.Next(4) == 0 ? random.NextDouble() * 0.10 : 0,
        SyncError: random.Next(4) == 0 ? random.NextDouble() * 0.001 : 0,
        LossAtCrash: 0.8 + (random.NextDouble() * 0.2),
        SectorLoss: random.Next(3) switch { 0 => 1, 1 => 0.5, _ => random.NextDouble() },
        NameLoss: random.NextDouble());
}

/// <summary>Bugs planted below the log, to see whether a proof sees them; numbered as the fifteen.</summary>
public enum DiskBug
{
    None,

    /// <summary>3: what is written is acknowledged before it is durable: every sync is left out.</summary>
    SkipsSyncs,

    /// <summary>5: a sync that failed is taken for one that did not, as .NET's own flush does.</summary>
    HidesFailedSyncs,
}

/// <summary>What a simulated disk went through.</summary>
public sealed class DiskFigures
{
    public long Syncs { get; internal set; }

    public long SyncErrors { get; internal set; }

    public long ReadErrors { get; internal set; }

    public long RefusalsForRoom { get; internal set; }

    public long PowerLosses { get; internal set; }

    public long BytesLost { get; internal set; }
}

/// <summary>The power went off inside a call. Only the simulator catches it.</summary>
public sealed class PowerLostException() : Exception("the power of the simulated machine is off");
