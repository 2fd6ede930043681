using Skep.Raft;
using Skep.Simulation.Clusters;
using Skep.Simulation.Disk;
using Skep.Tests.Raft;
using Skep.Tests.Storage;

namespace Skep.Tests.Simulation;

/// <summary>The fifteen planted bugs: each is switched on, and something sees it.</summary>
/// <remarks>
/// A proof that does not see them proves nothing. The numbers are those of docs/reliability.md, which has this table in
/// words. What watches over a rule must be content without the bug, too.
/// </remarks>
public sealed class PlantedBugTests
{
    private static readonly TimeSpan safety = TimeSpan.FromSeconds(300);

    /// <summary>Bugs that whole swarms see within a few seeds, although nobody tells them where to look.</summary>
    private static readonly Dictionary<string, int> seedsUntilSeen = new()
    {
        [nameof(RaftMutant.NoFirstEntry)] = 1,
        [nameof(DiskBug.SkipsSyncs)] = 1,
        [nameof(RaftMutant.TruncateAlways)] = 4,
        [nameof(RaftMutant.VoteForOldLogs)] = 8,
        [nameof(RaftMutant.SnapshotWithoutMembers)] = 4,
    };

    private static readonly (int Number, string Bug, string CaughtBy, Action<bool> Watch)[] table =
    [
        InCore(1, RaftMutant.NoFirstEntry, "a leader that has committed nothing of its term"),
        InCore(2, RaftMutant.CommitOldTerms, "figure 8 of the paper"),
        InCore(3, RaftMutant.CountBeforeDurable, "a leader's own entries, before they are saved"),
        OnDisk(3, DiskBug.SkipsSyncs, "a power loss after a save", DiskFailureTests.SavedStays),
        InCore(4, RaftMutant.ForgetVote, "a vote, after a restart"),
        OnDisk(5, DiskBug.HidesFailedSyncs, "a sync that fails", DiskFailureTests.FailedSyncIsTold),
        InCore(6, RaftMutant.TruncateAlways, "an append that comes late"),
        InCore(7, RaftMutant.VoteForOldLogs, "a candidate with an old log"),
        InCore(8, RaftMutant.ReadBeforeFirstCommit, "a read of a new leader"),
        InCore(9, RaftMutant.ReuseReadIds, "an answer to an old heartbeat"),
        InCore(10, RaftMutant.TwoConfChanges, "two changes of the members at once"),
        InCore(11, RaftMutant.EarlyConfChange, "a change of the members before the term's first commit"),
        InCore(12, RaftMutant.RemovedLeaderCounts, "a leader that removes itself"),
        InCore(13, RaftMutant.SnapshotWithoutMembers, "a snapshot that was installed"),
        InCore(14, RaftMutant.LearnerRefusesVote, "a voter that does not know yet that it is one"),
        InCore(14, RaftMutant.LearnersCount, "a learner that is ahead of the voters"),
        InCore(15, RaftMutant.AcceptOldWrites, "a write that ends after its entries were replaced (ABA)"),
    ];

    public static TheoryData<int, string, string> Table
    {
        get
        {
            var rows = new TheoryData<int, string, string>();
            foreach ((int number, string bug, string caughtBy, _) in table)
            {
                rows.Add(number, bug, caughtBy);
            }

            return rows;
        }
    }

    public static TheoryData<string> SeenBySwarms => [.. seedsUntilSeen.Keys];

    [Theory]
    [MemberData(nameof(Table))]
    public void A_planted_bug_is_caught(int number, string bug, string caughtBy)
    {
        Action<bool> watch = table.Single(row => (row.Number, row.Bug, row.CaughtBy) == (number, bug, caughtBy)).Watch;
        watch(false);
        Assert.ThrowsAny<Exception>(() => watch(true));
    }

    [Theory]
    [MemberData(nameof(SeenBySwarms))]
    public void A_planted_bug_is_seen_by_whole_swarms(string name)
    {
        PlantedBug bug = PlantedBug.All.Single(it => it.Name == name);
        Assert.NotNull(BugsCommand.FirstSeen(bug, seedsUntilSeen[name], safety));
    }

    [Fact]
    public void Every_bug_that_can_be_planted_stands_in_the_table()
    {
        Assert.Equal(Enumerable.Range(1, 15), table.Select(static row => row.Number).Distinct());
        Assert.Equal(
            Enum.GetNames<RaftMutant>().Concat(Enum.GetNames<DiskBug>()).Where(static name => name != "None").Order(),
            table.Select(static row => row.Bug).Order());
        Assert.All(
            PlantedBug.All, bug => Assert.Contains(table, row => (row.Number, row.Bug) == (bug.Number, bug.Name)));
    }

    private static (int, string, string, Action<bool>) InCore(int number, RaftMutant mutant, string caughtBy) => (
        number,
        mutant.ToString(),
        caughtBy,
        isPlanted => MutantTests.Watchers[mutant](isPlanted ? mutant : RaftMutant.None));

    private static (int, string, string, Action<bool>) OnDisk(
        int number, DiskBug bug, string caughtBy, Action<DiskBug> watch) => (
        number, bug.ToString(), caughtBy, isPlanted => watch(isPlanted ? bug : DiskBug.None));
}
