using System.Globalization;
using Skep.Linux.Files;
using Skep.Raft;

namespace Skep.Manager.Storage;

/// <summary>Where everything of one log lies.</summary>
/// <remarks>
/// log/NUMBER.log, snapshots/TERM-INDEX.snapshot (all numbers 16 hexadecimal digits, so that names sort as they do),
/// broken/ for what was put aside, lock, reserve. A name that ends in ".new" was being written when the process ended.
/// </remarks>
internal sealed record StorageFolder(string Root)
{
    public const string Unfinished = ".new";

    private const string SegmentEnd = ".log", SnapshotEnd = ".snapshot";

    public string Log => Path.Combine(Root, "log");

    public string Snapshots => Path.Combine(Root, "snapshots");

    public string Broken => Path.Combine(Root, "broken");

    public string Lock => Path.Combine(Root, "lock");

    public string Reserve => Path.Combine(Root, "reserve");

    public string Segment(ulong number) => Path.Combine(Log, $"{number:x16}{SegmentEnd}");

    public string Snapshot(SnapshotMeta meta) =>
        Path.Combine(Snapshots, $"{meta.Term:x16}-{meta.Index:x16}{SnapshotEnd}");

    public IReadOnlyList<ulong> SegmentNumbers(IDisk disk)
    {
        List<ulong> numbers = [];
        foreach (string name in disk.List(Log))
        {
            if (name.EndsWith(SegmentEnd, StringComparison.Ordinal)
                && TryNumber(name[..^SegmentEnd.Length], out ulong number))
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    /// <summary>The snapshots that lie there, as (path, term, index), oldest first.</summary>
    public IReadOnlyList<(string Path, ulong Term, ulong Index)> SnapshotFiles(IDisk disk)
    {
        List<(string, ulong, ulong)> files = [];
        foreach (string name in disk.List(Snapshots))
        {
            if (name.Length == 33 + SnapshotEnd.Length && name.EndsWith(SnapshotEnd, StringComparison.Ordinal)
                && TryNumber(name[..16], out ulong term) && TryNumber(name[17..33], out ulong index))
            {
                files.Add((Path.Combine(Snapshots, name), term, index));
            }
        }

        return files;
    }

    private static bool TryNumber(string digits, out ulong number)
    {
        number = 0;
        return digits.Length == 16
            && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
