namespace Skep.Raft;

/// <summary>The bounds of consensus, with unit and origin. A wish in <see cref="RaftOptions"/> may differ.</summary>
internal static class Limits
{
    /// <summary>Bytes of entries in one append: SwarmKit's 65,535. One larger entry still goes, alone.</summary>
    public const long MessageBytes = 65_535;

    /// <summary>Appends under way to one follower: etcd's and SwarmKit's.</summary>
    public const int InflightMessages = 256;

    /// <summary>Bytes under way to one follower: 256 appends full to the brim.</summary>
    public const long InflightBytes = InflightMessages * (MessageBytes + 1);

    /// <summary>Bytes that wait for a quorum: some forty of the largest transactions (1.5 MiB).</summary>
    public const long UncommittedBytes = 64L * 1024 * 1024;

    /// <summary>Bytes applied in one round, so that ticks and messages get their turn in between.</summary>
    public const long ApplyBytes = 16L * 1024 * 1024;

    /// <summary>Reads that wait: far above what one manager's callers ask within a round trip.</summary>
    public const int WaitingReads = 16_384;
}
