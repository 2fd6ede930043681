using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skep.Linux.Netlink;

/// <summary>Sees one message of the kernel's answer.</summary>
public delegate void NetlinkVisitor(ushort type, ReadOnlySpan<byte> payload);

/// <summary>A conversation with the kernel over netlink, in the network namespace in which it was opened.</summary>
/// <remarks>
/// Only system calls are made here, so a socket may be opened by a thread that has entered another namespace, and used
/// by any thread afterwards. One conversation at a time: not thread-safe, the owner sees to it.
/// </remarks>
public sealed partial class NetlinkSocket : IDisposable
{
    /// <summary>NETLINK_ROUTE: links, addresses, routes, neighbours.</summary>
    public const int Route = 0;

    /// <summary>NETLINK_NETFILTER: nf_tables and connection tracking.</summary>
    public const int Netfilter = 12;

    private const int AF_NETLINK = 16, SOCK_RAW = 3, SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1, SO_RCVTIMEO = 20, SO_SNDBUFFORCE = 32, SO_RCVBUFFORCE = 33;
    private const int SOL_NETLINK = 270, NETLINK_CAP_ACK = 10, NETLINK_EXT_ACK = 11;
    private const ushort NLMSG_ERROR = 2, NLMSG_DONE = 3;
    private const ushort NLM_F_MULTI = 2, NLM_F_DUMP_INTR = 0x10, NLM_F_CAPPED = 0x100, NLM_F_ACK_TLVS = 0x200;
    private const ushort NLMSGERR_ATTR_MSG = 1;

    private readonly SafeFileHandle socket;
    private readonly byte[] received = new byte[NetlinkLimits.ReceiveBytes];
    private uint nextSequence = 1;

    public NetlinkSocket(int protocol)
    {
        int descriptor = socket_(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        if (descriptor < 0)
        {
            throw new ErrnoException("open a netlink socket", Marshal.GetLastPInvokeError());
        }

        socket = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            Prepare(descriptor);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends messages that all ask for an acknowledgement, and waits for every one of them.</summary>
    /// <exception cref="ErrnoException">The first refusal, with the operation's name. The others were carried
    /// out.</exception>
    public void Apply(NetlinkBatch batch)
    {
        if (batch.MessageCount == 0)
        {
            return;
        }

        uint first = Send(batch);
        ErrnoException? refusal = null;
        for (int acknowledged = 0; acknowledged < batch.MessageCount;)
        {
            foreach (Answer answer in Receive())
            {
                if (answer.Type == NLMSG_ERROR && answer.Sequence - first < batch.MessageCount)
                {
                    acknowledged++;
                    refusal ??= Refusal(batch, answer, answer.Sequence - first);
                }
            }
        }

        if (refusal is not null)
        {
            throw refusal;
        }
    }

    /// <summary>
    /// Sends a netfilter batch: all of it happens, or nothing. Only its last inner message asks for an answer.
    /// </summary>
    /// <param name="batch">Begins and ends with the batch markers; the message before the end carries Ack.</param>
    public void ApplyAtomically(NetlinkBatch batch)
    {
        uint first = Send(batch);
        uint last = (uint)(batch.MessageCount - 2);
        ErrnoException? refusal = null;
        while (true)
        {
            foreach (Answer answer in Receive())
            {
                uint index = answer.Sequence - first;
                if (answer.Type != NLMSG_ERROR || index >= batch.MessageCount)
                {
                    continue;
                }

                refusal ??= Refusal(batch, answer, index);

                // An answer to the begin marker speaks of the whole: the commit itself was refused.
                if (index == last || index == 0)
                {
                    if (refusal is not null)
                    {
                        throw refusal;
                    }

                    return;
                }
            }
        }
    }

    /// <summary>Sends one request and shows every message of its answer.</summary>
    /// <returns>False: what was listed changed meanwhile, so something may be missing or double. Ask again.</returns>
    public bool Dump(NetlinkBatch request, NetlinkVisitor visit)
    {
        Invariant.Holds(request.MessageCount == 1);
        uint sequence = Send(request);
        bool isWhole = true;
        while (true)
        {
            foreach (Answer answer in Receive())
            {
                if (answer.Sequence != sequence)
                {
                    continue;
                }

                isWhole &= (answer.Flags & NLM_F_DUMP_INTR) == 0;
                ReadOnlySpan<byte> payload = received.AsSpan(answer.Start, answer.Length);
                if (answer.Type is NLMSG_ERROR or NLMSG_DONE)
                {
                    int errno = payload.Length < 4 ? 0 : -BinaryPrimitives.ReadInt32LittleEndian(payload);
                    return errno <= 0 ? isWhole : throw Refusal(request, answer, 0)!;
                }

                visit(answer.Type, payload);
                if ((answer.Flags & NLM_F_MULTI) == 0 && !request.AsksForAck)
                {
                    return isWhole;
                }
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private uint Send(NetlinkBatch batch)
    {
        uint first = nextSequence;
        nextSequence += (uint)batch.MessageCount;
        ReadOnlySpan<byte> bytes = batch.Finish(first);
        while (send(socket, bytes, bytes.Length, 0) != bytes.Length)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
            {
                throw new ErrnoException(batch.OperationOf(0), errno);
            }
        }

        return first;
    }

    /// <summary>Reads one datagram and splits it.</summary>
    private List<Answer> Receive()
    {
        nint count;
        while ((count = recv(socket, received, received.Length, 0)) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
            {
                throw new ErrnoException("read the kernel's netlink answer", errno);
            }
        }

        var answers = new List<Answer>();
        for (int at = 0; at + NetlinkBatch.HeaderBytes <= count;)
        {
            ReadOnlySpan<byte> header = received.AsSpan(at);
            int length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length < NetlinkBatch.HeaderBytes || at + length > count)
            {
                break;
            }

            answers.Add(new Answer(
                BinaryPrimitives.ReadUInt16LittleEndian(header[4..]),
                BinaryPrimitives.ReadUInt16LittleEndian(header[6..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[8..]),
                at + NetlinkBatch.HeaderBytes,
                length - NetlinkBatch.HeaderBytes));
            at += (length + 3) & ~3;
        }

        return answers;
    }

    private ErrnoException? Refusal(NetlinkBatch batch, Answer answer, uint index)
    {
        ReadOnlySpan<byte> payload = received.AsSpan(answer.Start, answer.Length);
        int errno = -BinaryPrimitives.ReadInt32LittleEndian(payload);
        if (errno == 0)
        {
            return null;
        }

        // After the errno: the header of the refused message, then, if flagged, attributes with the kernel's own words.
        string operation = batch.OperationOf(index);
        if ((answer.Flags & NLM_F_ACK_TLVS) != 0 && (answer.Flags & NLM_F_CAPPED) != 0 && payload.Length > 20)
        {
            var attributes = new AttributeReader(payload[20..]);
            while (attributes.Next())
            {
                if (attributes.Type == NLMSGERR_ATTR_MSG)
                {
                    operation += $" ({attributes.Text})";
                }
            }
        }

        return new ErrnoException(operation, errno);
    }

    private unsafe void Prepare(int descriptor)
    {
        byte* address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = AF_NETLINK;
        if (bind(descriptor, address, 12) != 0)
        {
            throw new ErrnoException("bind a netlink socket", Marshal.GetLastPInvokeError());
        }

        // These make answers shorter and errors readable, and big batches fit; without them it works too.
        int one = 1, bytes = NetlinkLimits.SocketBytes;
        setsockopt(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(int));
        setsockopt(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(int));
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(int));
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(int));
        long* timeout = stackalloc long[2] { NetlinkLimits.AnswerSeconds, 0 };
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, timeout, 16);
    }

    private readonly record struct Answer(ushort Type, ushort Flags, uint Sequence, int Start, int Length);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int socket_(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int bind(int descriptor, void* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int setsockopt(int descriptor, int level, int option, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeFileHandle descriptor, ReadOnlySpan<byte> bytes, nint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(SafeFileHandle descriptor, Span<byte> bytes, nint count, int flags);
}
