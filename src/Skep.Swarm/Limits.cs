namespace Skep.Swarm;

/// <summary>Bounds of what a swarm keeps. SwarmKit's numbers, so that a Docker manager takes what we took.</summary>
public static class Limits
{
    /// <summary>A secret's value must be smaller than this, in bytes (api/validation/secrets.go).</summary>
    public const int SecretBytes = 500 * 1024;

    /// <summary>A config's data must be smaller than this, in bytes (controlapi/config.go).</summary>
    public const int ConfigBytes = 1000 * 1024;

    /// <summary>A transaction on the wire, in bytes: no message of consensus may grow beyond it (memory.go).</summary>
    public const int TransactionBytes = 3 * 512 * 1024;

    /// <summary>Changes after which work that may be cut in pieces starts a new transaction (memory.go).</summary>
    public const int TransactionChanges = 200;

    /// <summary>
    /// Commits that those who watch can look back on. One who lags further behind reads the store anew: at 10,000
    /// writes a second that is half a second, and no more than this many transactions are kept in memory for it.
    /// </summary>
    public const int WatchedCommits = 4_096;

    /// <summary>Changes in all the commits that are kept for those who watch.</summary>
    public const int WatchedChanges = 65_536;

    /// <summary>
    /// Changes of nodes that the scheduler remembers for orders of nodes it keeps: more than a look at a full swarm
    /// makes. Whoever lags further behind is made anew.
    /// </summary>
    public const int MovedRows = 65_536;

    /// <summary>
    /// Nodes times waiting groups of tasks for which it is kept why none fits; beyond it they are looked at again.
    /// </summary>
    public const int Verdicts = 1_000_000;

    /// <summary>Sets of placement needs whose nodes are kept in order; the one unused for longest makes room.</summary>
    public const int NodePools = 64;

    /// <summary>
    /// Pictures of the networks that a node may go on from after it was away: those of the last so many commits about
    /// networks. They share what they have in common; each holds some 400 bytes of every endpoint that changed.
    /// </summary>
    public const int PastPictures = 256;

    /// <summary>
    /// Tasks that one look makes for one service, so that a service that is asked to be huge by mistake does not keep
    /// everybody else waiting, and can be taken back.
    /// </summary>
    public const ulong TasksMadeAtOnce = 2_000;

    /// <summary>Services that one service may wait for before it starts.</summary>
    public const int StartGates = 32;

    /// <summary>Services that are looked through for a circle of services that wait for each other.</summary>
    public const int StartCircle = 256;
}
