using Skep.Docker.Engine;

namespace Skep.Agent.Cgroups;

/// <summary>What the whole machine has and uses, from /proc.</summary>
public static class MachineUsage
{
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>
    /// Counters in the first line of /proc/stat that are time of the CPUs; those after are parts of them.
    /// </summary>
    private const int CpuTimeFields = 7;

    /// <summary>Bytes; 0: not known.</summary>
    public static ulong MemoryBytes() => ParseMemory(File.ReadLines("/proc/meminfo"));

    /// <summary>Nanoseconds of all CPUs together, idle or not, and how many CPUs there are.</summary>
    public static (ulong Nanoseconds, uint CpuCount) Cpu() => ParseCpu(File.ReadLines("/proc/stat"));

    /// <summary>The links of the network namespace that a process is in, without the loopback.</summary>
    /// <returns>Null when the process is gone.</returns>
    public static IReadOnlyDictionary<string, NetworkStats>? Networks(int pid)
    {
        try
        {
            return ParseNetworks(File.ReadAllLines($"/proc/{pid}/net/dev"));
        }
        catch (IOException)
        {
            // ENOENT or ESRCH: it ended.
            return null;
        }
    }

    /// <summary>"MemTotal:       24684540 kB".</summary>
    internal static ulong ParseMemory(IEnumerable<string> lines)
    {
        string? line = lines.FirstOrDefault(text => text.StartsWith("MemTotal:", StringComparison.Ordinal));
        return line is null ? 0 : CgroupFiles.Number(Words(line)[1]) * 1024;
    }

    /// <summary>"cpu  user nice system idle iowait irq softirq …" in ticks, then one line for each CPU.</summary>
    internal static (ulong Nanoseconds, uint CpuCount) ParseCpu(IEnumerable<string> lines)
    {
        ulong ticks = 0;
        uint count = 0;
        foreach (string line in lines.TakeWhile(line => line.StartsWith("cpu", StringComparison.Ordinal)))
        {
            string[] words = Words(line);
            if (words[0] != "cpu")
            {
                count++;
                continue;
            }

            foreach (string word in words.Skip(1).Take(CpuTimeFields))
            {
                ticks += CgroupFiles.Number(word);
            }
        }

        return (ticks * NanosecondsPerTick, count);
    }

    /// <summary>
    /// "eth0: bytes packets errs drop fifo frame compressed multicast bytes packets errs drop …", receiving first.
    /// </summary>
    internal static IReadOnlyDictionary<string, NetworkStats> ParseNetworks(IEnumerable<string> lines)
    {
        var networks = new SortedDictionary<string, NetworkStats>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            string[] halves = line.Split(':', 2);
            ulong[] numbers = halves.Length == 2 ? [.. Words(halves[1]).Select(CgroupFiles.Number)] : [];
            string name = halves[0].Trim();
            if (numbers.Length < 12 || name == "lo")
            {
                continue;
            }

            networks[name] = new NetworkStats
            {
                ReceivedBytes = numbers[0],
                ReceivedPackets = numbers[1],
                ReceiveErrors = numbers[2],
                ReceiveDropped = numbers[3],
                SentBytes = numbers[8],
                SentPackets = numbers[9],
                SendErrors = numbers[10],
                SendDropped = numbers[11],
            };
        }

        return networks;
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
