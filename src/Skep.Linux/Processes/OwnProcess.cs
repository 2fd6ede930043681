using System.Globalization;
using System.Runtime.InteropServices;

namespace Skep.Linux.Processes;

/// <summary>What the kernel keeps about this very process.</summary>
public static partial class OwnProcess
{
    /// <summary>Permission bits that new files and directories never get. Children inherit it.</summary>
    public static void SetUmask(UnixFileMode withheld) => _ = umask((uint)withheld);

    /// <summary>How eagerly the kernel picks this process when memory is short: -1000 never, 1000 first.</summary>
    /// <exception cref="UnauthorizedAccessException">Lowering it takes CAP_SYS_RESOURCE.</exception>
    public static void SetOomScoreAdjust(int score) =>
        File.WriteAllText("/proc/self/oom_score_adj", score.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends the process this instant: nothing is flushed, no handler runs.</summary>
    public static void Exit(int code) => _exit(code);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);

    [LibraryImport("libc")]
    private static partial void _exit(int code);
}
