using System.Buffers.Binary;

namespace Skep.Raft;

/// <summary>A read on the leader that waits to be sure the leader still leads.</summary>
/// <param name="From">Who asked; ourselves or a follower.</param>
/// <param name="Index">What was committed when it arrived.</param>
internal sealed record WaitingRead(ulong From, ReadOnlyMemory<byte> Id, ulong Index);

/// <summary>Reads in the order they came. Confirming one confirms all before it.</summary>
/// <remarks>
/// <para>A heartbeat carries the position of the newest read. A voter's answer to it was given after that read and
/// every earlier one had arrived, so a majority of such answers proves that nobody else led in between.</para>
/// <para>The position, not the caller's id, goes into the heartbeat: it is never used twice in one term, whatever the
/// callers do with their ids (checklist 36; etcd issue 20418). Heartbeats of another term prove nothing and their
/// answers are dropped for their term before they come here.</para>
/// </remarks>
internal sealed class ReadQueue
{
    private readonly Queue<WaitingRead> waiting = new();
    private readonly Dictionary<ulong, ulong> confirmedBy = [];
    private ulong confirmed;

    public int Count => waiting.Count;

    public ulong Newest => confirmed + (ulong)waiting.Count;

    public void Add(WaitingRead read) => waiting.Enqueue(read);

    /// <summary>What a heartbeat must carry now; empty when nothing waits.</summary>
    public ReadOnlyMemory<byte> HeartbeatContext(bool reuse)
    {
        if (waiting.Count == 0)
        {
            return default;
        }

        byte[] context = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(context, reuse ? 1 : Newest);
        return context;
    }

    /// <summary>We ourselves believe that we lead.</summary>
    public void ConfirmOwn(ulong self) => confirmedBy[self] = Newest;

    public void Confirm(ulong voter, ReadOnlyMemory<byte> context, bool reuse)
    {
        if (context.Length != sizeof(ulong))
        {
            return;
        }

        ulong position = reuse ? Newest : BinaryPrimitives.ReadUInt64LittleEndian(context.Span);
        confirmedBy[voter] = Math.Max(confirmedBy.GetValueOrDefault(voter), Math.Min(position, Newest));
    }

    /// <summary>Takes the reads out that a majority of these voters has confirmed.</summary>
    public IEnumerable<WaitingRead> TakeConfirmed(ReadOnlySpan<ulong> voters)
    {
        Span<ulong> positions = stackalloc ulong[voters.Length];
        for (int index = 0; index < voters.Length; index++)
        {
            positions[index] = confirmedBy.GetValueOrDefault(voters[index]);
        }

        var taken = new List<WaitingRead>();
        for (ulong upTo = Quorum.Reached(positions); confirmed < upTo; confirmed++)
        {
            taken.Add(waiting.Dequeue());
        }

        return taken;
    }
}
