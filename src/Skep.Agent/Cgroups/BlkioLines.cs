using Skep.Docker.Engine;

namespace Skep.Agent.Cgroups;

/// <summary>The kernel's counters of disk traffic, as text.</summary>
internal static class BlkioLines
{
    /// <summary>"8:0 Read 4096"; the last line, "Total 4096", names no disk and is left out.</summary>
    public static IReadOnlyList<BlkioEntry> ParseV1(string text)
    {
        var entries = new List<BlkioEntry>();
        foreach (string line in text.Split('\n'))
        {
            if (line.Split(' ') is [var disk, var operation, var value] && disk.Split(':') is [var major, var minor])
            {
                entries.Add(new BlkioEntry(
                    CgroupFiles.Number(major), CgroupFiles.Number(minor), operation, CgroupFiles.Number(value)));
            }
        }

        return entries;
    }

    /// <summary>"8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0".</summary>
    public static IReadOnlyList<BlkioEntry> ParseV2(string text)
    {
        var entries = new List<BlkioEntry>();
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words[0].Split(':') is not [var major, var minor])
            {
                continue;
            }

            ulong Value(string name) => CgroupFiles.Number(
                words.FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal))?[name.Length..] ?? "");
            ulong first = CgroupFiles.Number(major);
            ulong second = CgroupFiles.Number(minor);
            entries.Add(new BlkioEntry(first, second, "read", Value("rbytes=")));
            entries.Add(new BlkioEntry(first, second, "write", Value("wbytes=")));
        }

        return entries;
    }
}
