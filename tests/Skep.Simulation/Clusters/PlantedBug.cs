using System.Collections.Immutable;
using Skep.Raft;
using Skep.Simulation.Disk;

namespace Skep.Simulation.Clusters;

/// <summary>A bug switched on in every manager of a swarm: a proof that does not see it proves nothing.</summary>
/// <remarks>
/// The fifteen of reliability 3.5. Most live in the core (<see cref="RaftMutant"/>), two in the disk. Number 3 is there
/// twice: our driver saves before it does anything else, so the core's own share of it changes nothing here.
/// </remarks>
internal sealed record PlantedBug(int Number, string Name, RaftMutant Core, DiskBug Disk)
{
    public static PlantedBug None { get; } = new(0, "none", RaftMutant.None, DiskBug.None);

    public static ImmutableArray<PlantedBug> All { get; } =
    [
        InCore(1, RaftMutant.NoFirstEntry),
        InCore(2, RaftMutant.CommitOldTerms),
        new(3, nameof(DiskBug.SkipsSyncs), RaftMutant.None, DiskBug.SkipsSyncs),
        InCore(4, RaftMutant.ForgetVote),
        new(5, nameof(DiskBug.HidesFailedSyncs), RaftMutant.None, DiskBug.HidesFailedSyncs),
        InCore(6, RaftMutant.TruncateAlways),
        InCore(7, RaftMutant.VoteForOldLogs),
        InCore(8, RaftMutant.ReadBeforeFirstCommit),
        InCore(9, RaftMutant.ReuseReadIds),
        InCore(10, RaftMutant.TwoConfChanges),
        InCore(11, RaftMutant.EarlyConfChange),
        InCore(12, RaftMutant.RemovedLeaderCounts),
        InCore(13, RaftMutant.SnapshotWithoutMembers),
        InCore(14, RaftMutant.LearnerRefusesVote),
        InCore(14, RaftMutant.LearnersCount),
        InCore(15, RaftMutant.AcceptOldWrites),
    ];

    private static PlantedBug InCore(int number, RaftMutant mutant) =>
        new(number, mutant.ToString(), mutant, DiskBug.None);
}
