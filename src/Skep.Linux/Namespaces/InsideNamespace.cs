using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Skep.Linux.Namespaces;

/// <summary>What may be done on a thread that has entered a network namespace: system calls and nothing else.</summary>
public static partial class InsideNamespace
{
    private const int O_WRONLY = 1, O_CLOEXEC = 0x80000;
    private const int AF_INET = 2, SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_CLOEXEC = 0x80000, SOCK_NONBLOCK = 0x800;
    private const int SOL_SOCKET = 1, SO_REUSEADDR = 2;

    /// <summary>Sets "net/ipv4/ip_forward" and the like for the namespace the thread is in.</summary>
    /// <returns>False: this kernel has no such setting.</returns>
    public static bool SetSysctl(string name, string value)
    {
        string path = "/proc/sys/" + name;
        int descriptor = open(path, O_WRONLY | O_CLOEXEC);
        if (descriptor < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            return errno == Errno.ENOENT ? false : throw new ErrnoException($"open {path}", errno);
        }

        byte[] bytes = Encoding.ASCII.GetBytes(value);
        nint written = write(descriptor, bytes, bytes.Length);
        int failed = Marshal.GetLastPInvokeError();
        close(descriptor);
        return written == bytes.Length ? true : throw new ErrnoException($"set {name} to {value}", failed);
    }

    /// <summary>A UDP socket bound to an IPv4 address, as a bare descriptor to be wrapped outside.</summary>
    public static BoundDescriptor OpenUdp(IPAddress address, int port) => OpenBound(SOCK_DGRAM, address, port);

    /// <summary>A listening TCP socket on an IPv4 address, as a bare descriptor to be wrapped outside.</summary>
    public static BoundDescriptor OpenTcpListener(IPAddress address, int port, int backlog)
    {
        BoundDescriptor bound = OpenBound(SOCK_STREAM, address, port);
        if (listen(bound.Descriptor, backlog) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            close(bound.Descriptor);
            throw new ErrnoException($"listen on {address}:{port}", errno);
        }

        return bound;
    }

    private static unsafe BoundDescriptor OpenBound(int type, IPAddress address, int port)
    {
        Invariant.Holds(address.AddressFamily == AddressFamily.InterNetwork);
        int descriptor = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (descriptor < 0)
        {
            throw new ErrnoException("open a socket", Marshal.GetLastPInvokeError());
        }

        // struct sockaddr_in: family u16, port u16 (network order), address u32, 8 bytes of padding.
        byte* name = stackalloc byte[16];
        var bytes = new Span<byte>(name, 16);
        bytes.Clear();
        *(ushort*)name = AF_INET;
        name[2] = (byte)(port >> 8);
        name[3] = (byte)port;
        address.TryWriteBytes(bytes[4..], out _);
        int one = 1, length = 16;
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(int));
        if (bind(descriptor, name, 16) != 0 || getsockname(descriptor, name, &length) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            close(descriptor);
            throw new ErrnoException($"bind {address}:{port}", errno);
        }

        return new BoundDescriptor(descriptor, (name[2] << 8) | name[3]);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int bind(int descriptor, void* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int getsockname(int descriptor, void* address, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int setsockopt(int descriptor, int level, int option, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int descriptor, int backlog);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}

/// <summary>An open descriptor that nobody owns yet, and the port the kernel gave it.</summary>
public readonly record struct BoundDescriptor(int Descriptor, int Port);
