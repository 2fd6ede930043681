using Skep.Manager.Storage;
using Skep.Raft;

namespace Skep.Manager.Consensus;

/// <summary>Something that happened outside the driver and that its next step shall know.</summary>
public abstract class DriverInput;

/// <summary>A peer said something. Whoever adds it has checked that the sender is who the message says.</summary>
public sealed class PeerMessage(Message message) : DriverInput
{
    public Message Message => message;

    /// <summary>What it costs to keep it waiting, in bytes; fields count as little as they are.</summary>
    public int Bytes
    {
        get
        {
            int bytes = 64 + (message.Snapshot?.Data.Length ?? 0);
            foreach (Entry entry in message.Entries)
            {
                bytes += entry.EncodedBytes;
            }

            return bytes;
        }
    }
}

/// <summary>A message to this peer was lost, or its link broke.</summary>
public sealed class PeerUnreachable(ulong peer) : DriverInput
{
    public ulong Peer => peer;
}

/// <summary>A snapshot has arrived at a peer, or has not.</summary>
public sealed class SnapshotSent(ulong peer, bool hasArrived) : DriverInput
{
    public ulong Peer => peer;

    public bool HasArrived => hasArrived;
}

/// <summary>The link found out whether a peer is a Docker Engine, whose clock is slower (SwarmKit's ticks).</summary>
public sealed class PeerEngineFound(ulong peer, bool isDocker) : DriverInput
{
    public ulong Peer => peer;

    public bool IsDocker => isDocker;
}

/// <summary>A peer told us that we were removed from the members, which we had not heard yet.</summary>
public sealed class RemovalHeard : DriverInput;

/// <summary>A snapshot is on the disk and only has to be named by the log; null when it could not be written.</summary>
/// <param name="bytes">Of what is in it.</param>
internal sealed class SnapshotWritten(SnapshotMeta meta, WrittenSnapshot? written, long bytes) : DriverInput
{
    public SnapshotMeta Meta => meta;

    public WrittenSnapshot? Written => written;

    public long Bytes => bytes;
}

/// <summary>Who the members are, for one whose log has not told it yet.</summary>
public sealed class MembersTold(IReadOnlyList<Member> members) : DriverInput
{
    public IReadOnlyList<Member> Members => members;
}

/// <summary>Where a manager listens that our log does not tell of yet.</summary>
public sealed class StrangerFound(Member stranger) : DriverInput
{
    public Member Stranger => stranger;
}

/// <summary>A snapshot is wanted although none is due: before a key is thrown away, for a backup.</summary>
public sealed class SnapshotWanted : DriverInput;

/// <summary>A transaction does not end, so this manager must not lead (SwarmKit's wedged store).</summary>
public sealed class StoreWedged : DriverInput;
