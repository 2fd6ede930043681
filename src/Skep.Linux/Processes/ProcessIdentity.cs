using System.Globalization;

namespace Skep.Linux.Processes;

/// <summary>One process for good: its id may be given again, its id with its start time is not.</summary>
/// <param name="StartTicks">Clock ticks after the machine's boot, as in /proc/PID/stat.</param>
public readonly record struct ProcessIdentity(int Pid, long StartTicks)
{
    /// <summary>The process that has this id now; null when there is none, or only a zombie.</summary>
    public static ProcessIdentity? Of(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (IOException)
        {
            return null;
        }

        // PID (name) state ppid … The name may hold spaces and brackets: count after its last bracket.
        // The state is field 3 of proc(5), the start time field 22.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        bool isDead = fields[0] is "Z" or "X";
        return isDead ? null : new ProcessIdentity(pid, long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether that very process still runs.</summary>
    public bool IsRunning => Of(Pid) == this;

    /// <summary>The arguments the process was started with; empty when it has gone.</summary>
    public static string[] Arguments(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The ids of all processes that this one can see.</summary>
    public static IEnumerable<int> All() =>
        from directory in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(directory)
        where char.IsAsciiDigit(name[0])
        select int.Parse(name, CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> wrote; null when there is no such file, or another one.</summary>
    public static ProcessIdentity? Load(string path)
    {
        string[] words;
        try
        {
            words = File.ReadAllText(path).Trim().Split(' ');
        }
        catch (IOException)
        {
            return null;
        }

        return words.Length == 2
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long start)
            ? new ProcessIdentity(pid, start)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid} {StartTicks}");
}
