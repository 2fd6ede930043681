using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Who watches over each planted bug of the core; <c>PlantedBugTests</c> switches them on.</summary>
public sealed class MutantTests
{
    internal static readonly IReadOnlyDictionary<RaftMutant, Action<RaftMutant>> Watchers =
        new Dictionary<RaftMutant, Action<RaftMutant>>
        {
            [RaftMutant.NoFirstEntry] = LogChecklistTests.LeaderBeginsItsTerm,
            [RaftMutant.CommitOldTerms] = LogChecklistTests.Figure8,
            [RaftMutant.CountBeforeDurable] = PersistenceChecklistTests.OwnEntriesWaitForDisk,
            [RaftMutant.ForgetVote] = ElectionChecklistTests.VoteSurvivesARestart,
            [RaftMutant.TruncateAlways] = LogChecklistTests.LateAppendRemovesNothing,
            [RaftMutant.VoteForOldLogs] = ElectionChecklistTests.OldLogGetsNoVote,
            [RaftMutant.ReadBeforeFirstCommit] = ReadChecklistTests.ReadWaitsForTheTerm,
            [RaftMutant.ReuseReadIds] = ReadChecklistTests.OldHeartbeatsConfirmNothing,
            [RaftMutant.TwoConfChanges] = MembershipChecklistTests.OneChangeAtATime,
            [RaftMutant.EarlyConfChange] = MembershipChecklistTests.NoEarlyChange,
            [RaftMutant.RemovedLeaderCounts] = MembershipChecklistTests.RemovedLeaderIsOut,
            [RaftMutant.SnapshotWithoutMembers] = MembershipChecklistTests.SnapshotBringsMembers,
            [RaftMutant.LearnerRefusesVote] = MembershipChecklistTests.UninformedVoterVotes,
            [RaftMutant.LearnersCount] = MembershipChecklistTests.LearnerDoesNotCount,
            [RaftMutant.AcceptOldWrites] = PersistenceChecklistTests.OldWriteDoesNotCount,
        };

    /// <summary>Chance alone finds those that lose or mix up entries, without knowing where to look.</summary>
    [Theory]
    [InlineData(nameof(RaftMutant.TruncateAlways))]
    [InlineData(nameof(RaftMutant.VoteForOldLogs))]
    [InlineData(nameof(RaftMutant.LearnersCount))]
    public void Chance_finds_a_planted_bug_within_forty_seeds(string name)
    {
        var mutant = Enum.Parse<RaftMutant>(name);
        bool isCaught = false;
        for (int seed = 1; seed <= 40 && !isCaught; seed++)
        {
            isCaught = Record.Exception(() => RandomRaftTests.Run(seed, mutant)) is not null;
        }

        Assert.True(isCaught);
    }
}
