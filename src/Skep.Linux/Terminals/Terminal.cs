using System.Runtime.InteropServices;

namespace Skep.Linux.Terminals;

/// <summary>Rows and columns of a terminal; both 0 when they are unknown.</summary>
public readonly record struct WindowSize(ushort Rows, ushort Columns);

/// <summary>The terminal behind a file descriptor, if there is one.</summary>
public static partial class Terminal
{
    // sizeof(struct termios) is 60 on Linux's glibc and musl; the rest is reserve.
    private const int TermiosBytes = 256;

    private const int TCSANOW = 0;
    private const nuint TIOCGWINSZ = 0x5413;

    public static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

    public static unsafe WindowSize Size(int descriptor)
    {
        // struct winsize: rows, columns, width and height in pixels, 16 bits each.
        ushort* size = stackalloc ushort[4];
        return ioctl(descriptor, TIOCGWINSZ, size) == 0 ? new WindowSize(size[0], size[1]) : default;
    }

    /// <summary>Passes every key on as it is typed, without echo or signals.</summary>
    /// <returns>Give it to <see cref="Restore"/>; null: no terminal.</returns>
    public static unsafe byte[]? MakeRaw(int descriptor)
    {
        byte[] before = new byte[TermiosBytes];
        byte* raw = stackalloc byte[TermiosBytes];
        fixed (byte* saved = before)
        {
            if (tcgetattr(descriptor, saved) != 0)
            {
                return null;
            }
        }

        before.CopyTo(new Span<byte>(raw, TermiosBytes));
        cfmakeraw(raw);
        return tcsetattr(descriptor, TCSANOW, raw) == 0 ? before : null;
    }

    public static unsafe void Restore(int descriptor, byte[] before)
    {
        fixed (byte* saved = before)
        {
            // A terminal that has gone away needs no restoring.
            _ = tcsetattr(descriptor, TCSANOW, saved);
        }
    }

    [LibraryImport("libc")]
    private static partial int isatty(int descriptor);

    [LibraryImport("libc")]
    private static unsafe partial int ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport("libc")]
    private static unsafe partial int tcgetattr(int descriptor, byte* settings);

    [LibraryImport("libc")]
    private static unsafe partial int tcsetattr(int descriptor, int when, byte* settings);

    [LibraryImport("libc")]
    private static unsafe partial void cfmakeraw(byte* settings);
}
