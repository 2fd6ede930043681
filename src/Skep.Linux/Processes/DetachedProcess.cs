using System.Runtime.InteropServices;

namespace Skep.Linux.Processes;

/// <summary>Starts programs that outlive this one.</summary>
/// <remarks>
/// .NET's Process cannot do it: its child stays in our session, dies of the terminal's signals and writes to a pipe
/// that breaks with us. Here the child leads a session of its own, has default signal handling, no descriptor of ours,
/// the root as its working directory, and writes to a file.
/// </remarks>
public static unsafe partial class DetachedProcess
{
    private const int O_WRONLY = 1, O_CREAT = 0x40, O_APPEND = 0x400;
    private const short SetSignalDefaults = 0x04, SetSignalMask = 0x08, SetSession = 0x80;

    // glibc: posix_spawnattr_t has 336 bytes, posix_spawn_file_actions_t 80, sigset_t 128.
    private const int AttributeBytes = 512, ActionBytes = 256, SignalSetBytes = 128;

    /// <summary>Starts a program.</summary>
    /// <param name="path">The program's file.</param>
    /// <param name="arguments">What follows the program's name.</param>
    /// <param name="environment">The whole environment: NAME=value.</param>
    /// <param name="outputPath">File that standard output and error are appended to; made with mode 0600.</param>
    /// <returns>The process id. Without a <see cref="ProcessWatch"/> it stays as a zombie when it ends.</returns>
    public static int Start(
        string path, IEnumerable<string> arguments, IEnumerable<string> environment, string outputPath)
    {
        byte* attributes = stackalloc byte[AttributeBytes];
        byte* actions = stackalloc byte[ActionBytes];
        byte* signals = stackalloc byte[SignalSetBytes];
        Check(posix_spawnattr_init(attributes), path);
        Check(posix_spawn_file_actions_init(actions), path);
        nint[] argv = Allocate([path, .. arguments]);
        nint[] envp = Allocate(environment);
        try
        {
            Check(posix_spawnattr_setflags(attributes, SetSession | SetSignalDefaults | SetSignalMask), path);
            new Span<byte>(signals, SignalSetBytes).Fill(0xff);
            Check(posix_spawnattr_setsigdefault(attributes, signals), path);
            new Span<byte>(signals, SignalSetBytes).Clear();
            Check(posix_spawnattr_setsigmask(attributes, signals), path);
            Check(posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0), path);
            Check(
                posix_spawn_file_actions_addopen(actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0x180), path);
            Check(posix_spawn_file_actions_adddup2(actions, 1, 2), path);
            Check(posix_spawn_file_actions_addclosefrom_np(actions, 3), path);
            Check(posix_spawn_file_actions_addchdir_np(actions, "/"), path);
            fixed (nint* argvAddress = argv, envpAddress = envp)
            {
                Check(posix_spawn(out int pid, path, actions, attributes, argvAddress, envpAddress), path);
                return pid;
            }
        }
        finally
        {
            Free(argv);
            Free(envp);
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
        }
    }

    private static nint[] Allocate(IEnumerable<string> texts) =>
        [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static void Free(nint[] texts)
    {
        foreach (nint text in texts)
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    // These functions return the errno; they do not set it.
    private static void Check(int result, string path)
    {
        if (result != 0)
        {
            throw new ErrnoException($"start {path}", result);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(
        out int pid, string path, byte* actions, byte* attributes, nint* argv, nint* envp);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(
        byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int from);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);
}
