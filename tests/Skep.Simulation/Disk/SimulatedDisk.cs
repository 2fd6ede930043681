using Skep.Linux;
using Skep.Linux.Files;

namespace Skep.Simulation.Disk;

/// <summary>A disk in memory that keeps what was synced, and of the rest what chance leaves.</summary>
/// <remarks>
/// Everything is drawn from the given source, in the order of the calls: the same seed gives the same disk. What it
/// models: sectors of 512 bytes are written whole or not at all, in any order; room that was allocated and not written
/// reads as zeros; names are durable after a sync of their directory and go one by one before; after a sync that failed
/// the next one says "done" of bytes that are not on the disk.
/// </remarks>
public sealed class SimulatedDisk(Random random, DiskFaults faults) : IDisk
{
    private readonly SortedDictionary<string, SimulatedFile> names = new(StringComparer.Ordinal);
    private readonly HashSet<string> folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> locks = new(StringComparer.Ordinal);

    /// <summary>Names as a power loss would leave them if no unsynced one survived.</summary>
    private readonly SortedDictionary<string, SimulatedFile> durableNames = new(StringComparer.Ordinal);

    /// <summary>Name changes that no sync has covered, oldest first. A null file: the name went.</summary>
    private readonly List<(string Path, SimulatedFile? File)> unsyncedNames = [];

    /// <summary>May be changed at any time, as in a rig whose weather changes.</summary>
    public DiskFaults Faults { get; set; } = faults;

    /// <summary>A planted bug; see its values.</summary>
    public DiskBug Bug { get; set; }

    public long CapacityBytes { get; set; } = long.MaxValue;

    public long UsedBytes
    {
        get;
        internal set
        {
            Invariant.Holds(value >= 0);
            field = value;
        }
    }

    public DiskFigures Figures { get; } = new();

    /// <summary>Calls that change something until the power goes off inside one; null: it stays on.</summary>
    public int? CallsUntilPowerLoss { get; set; }

    /// <summary>Calls so far that change something.</summary>
    public int CallCount { get; private set; }

    /// <summary>Which life of the machine it is: files opened in an earlier one are dead.</summary>
    internal int Life { get; private set; }

    /// <summary>The process ends: what it wrote stays, its files and locks are closed.</summary>
    public void KillProcess()
    {
        Life++;
        locks.Clear();
        CallsUntilPowerLoss = null;
    }

    /// <summary>The machine loses power: of what was not synced, chance decides.</summary>
    public void LosePower()
    {
        KillProcess();
        Figures.PowerLosses++;
        foreach ((string path, SimulatedFile? file) in unsyncedNames)
        {
            if (!Happens(Faults.NameLoss))
            {
                SetName(durableNames, path, file);
            }
        }

        unsyncedNames.Clear();
        names.Clear();
        foreach ((string path, SimulatedFile file) in durableNames)
        {
            names.Add(path, file);
        }

        UsedBytes = 0;
        foreach (SimulatedFile file in names.Values.Distinct())
        {
            file.LosePower(this);
            UsedBytes += file.RoomBytes;
        }
    }

    /// <summary>Everything on it is gone for good; the machine must be down.</summary>
    public void Wipe()
    {
        names.Clear();
        durableNames.Clear();
        unsyncedNames.Clear();
        folders.Clear();
        UsedBytes = 0;
    }

    /// <summary>Turns one bit of what lies there, as age does.</summary>
    public void FlipBit(string path, long bit) => names[path].FlipBit(bit);

    public void CreateDirectory(string folder) => folders.Add(folder);

    public IReadOnlyList<string> List(string folder)
    {
        List<string> found = [];
        foreach (string path in names.Keys.Concat(folders))
        {
            if (Path.GetDirectoryName(path) == folder)
            {
                found.Add(Path.GetFileName(path));
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    public bool Exists(string path) => names.ContainsKey(path);

    public byte[] Read(string path)
    {
        if (!names.TryGetValue(path, out SimulatedFile? file))
        {
            throw new FileNotFoundException(path);
        }

        if (Happens(Faults.ReadError))
        {
            Figures.ReadErrors++;
            throw new ErrnoException($"read {path}", Errno.EIO);
        }

        return file.Content();
    }

    public byte[] ReadDurably(string path)
    {
        Step();
        byte[] content = Read(path);
        Figures.Syncs++;
        names[path].Sync();
        return names[path].ForgetWhatMemoryShows() ? names[path].Content() : content;
    }

    public IDiskFile Create(string path)
    {
        Step();
        GiveRoomBack(path);
        var file = new SimulatedFile();
        NameChanged(path, file);
        return new SimulatedFileHandle(this, file, path);
    }

    public void WriteDurably(string path, ReadOnlySpan<byte> content)
    {
        string aside = path + ".new";
        try
        {
            using IDiskFile file = Create(aside);
            file.Append(content);
            file.Sync();
        }
        catch (DiskFullException)
        {
            Delete(aside);
            throw;
        }

        Rename(aside, path);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    public void Truncate(string path, long bytes)
    {
        Step();
        SimulatedFile file = names[path];
        UsedBytes -= file.RoomBytes;
        file.Truncate(bytes);
        UsedBytes += file.RoomBytes;
    }

    public void Rename(string from, string to)
    {
        Step();
        SimulatedFile file = names[from];
        GiveRoomBack(to);
        NameChanged(to, file);
        NameChanged(from, null);
    }

    public void Delete(string path)
    {
        Step();
        if (names.ContainsKey(path))
        {
            GiveRoomBack(path);
            NameChanged(path, null);
        }
    }

    public void SyncDirectory(string folder)
    {
        Step();
        if (!Syncs(folder, "fsync"))
        {
            return;
        }

        foreach ((string path, SimulatedFile? file) in unsyncedNames)
        {
            if (Path.GetDirectoryName(path) == folder)
            {
                SetName(durableNames, path, file);
            }
        }

        unsyncedNames.RemoveAll(change => Path.GetDirectoryName(change.Path) == folder);
    }

    public IDisposable? TryLock(string path) => locks.Add(path) ? new HeldLock(this, path, Life) : null;

    /// <returns>Whether the sync is done; false is a lie that a planted bug tells.</returns>
    internal bool Syncs(string path, string call)
    {
        Figures.Syncs++;
        if (Bug == DiskBug.SkipsSyncs)
        {
            return false;
        }

        if (!Happens(Faults.SyncError))
        {
            return true;
        }

        Figures.SyncErrors++;
        return Bug == DiskBug.HidesFailedSyncs ? false : throw new SyncFailedException(path, Errno.EIO, call);
    }

    internal bool Happens(double chance) => chance > 0 && random.NextDouble() < chance;

    internal long Draw(long below) => random.NextInt64(below);

    /// <summary>Before every change: the moment at which the power may go.</summary>
    internal void Step()
    {
        CallCount++;
        if (CallsUntilPowerLoss is { } left)
        {
            if (left <= 0)
            {
                throw new PowerLostException();
            }

            CallsUntilPowerLoss = left - 1;
        }
    }

    /// <summary>
    /// The last name of a file goes. A rename of which a power loss kept one half has left the file two names.
    /// </summary>
    private void GiveRoomBack(string path)
    {
        if (names.TryGetValue(path, out SimulatedFile? file) && names.Values.Count(other => other == file) == 1)
        {
            UsedBytes -= file.RoomBytes;
        }
    }

    private void NameChanged(string path, SimulatedFile? file)
    {
        SetName(names, path, file);
        unsyncedNames.Add((path, file));
    }

    private static void SetName(SortedDictionary<string, SimulatedFile> where, string path, SimulatedFile? file)
    {
        if (file is null)
        {
            where.Remove(path);
        }
        else
        {
            where[path] = file;
        }
    }

    private sealed class HeldLock(SimulatedDisk disk, string path, int life) : IDisposable
    {
        public void Dispose()
        {
            if (disk.Life == life)
            {
                disk.locks.Remove(path);
            }
        }
    }
}
