using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Small enough to try everything.</summary>
public sealed class QuorumTests
{
    [Fact]
    public void A_majority_is_more_than_half_and_any_two_share_a_voter()
    {
        for (int voters = 1; voters <= 9; voters++)
        {
            Assert.True(2 * Quorum.Of(voters) > voters);
            Assert.True(2 * (Quorum.Of(voters) - 1) <= voters);
        }
    }

    [Fact]
    public void The_index_that_a_majority_reached_is_the_highest_one_for_all_arrays()
    {
        for (int voters = 1; voters <= 5; voters++)
        {
            for (int number = 0; number < Math.Pow(4, voters); number++)
            {
                ulong[] matches = [.. Enumerable.Range(0, voters).Select(it => (ulong)(number >> (2 * it)) & 3)];
                ulong wanted = matches.Where(it => matches.Count(other => other >= it) > voters / 2).Max();
                Assert.Equal(wanted, Quorum.Reached([.. matches]));
            }
        }
    }

    [Fact]
    public void A_vote_is_won_lost_or_open_for_all_counts()
    {
        for (int voters = 1; voters <= 9; voters++)
        {
            for (int granted = 0; granted <= voters; granted++)
            {
                for (int refused = 0; refused <= voters - granted; refused++)
                {
                    bool canStillWin = voters - refused > voters / 2;
                    VoteOutcome wanted = granted > voters / 2 ? VoteOutcome.Won
                        : canStillWin ? VoteOutcome.Pending : VoteOutcome.Lost;
                    Assert.Equal(wanted, Quorum.Outcome(voters, granted, refused));
                }
            }
        }
    }

    [Fact]
    public void Every_change_of_every_small_configuration_moves_at_most_one_voter()
    {
        for (int number = 0; number < 81; number++)
        {
            // Four members, each outside, voter or learner.
            int[] places = [number % 3, number / 3 % 3, number / 9 % 3, number / 27 % 3];
            ulong[] Those(int place) =>
                [.. Enumerable.Range(1, 4).Where(it => places[it - 1] == place).Select(it => (ulong)it)];
            var before = new ConfState([.. Those(1)], [.. Those(2)]);
            foreach (ConfChangeKind kind in Enum.GetValues<ConfChangeKind>())
            {
                for (ulong member = 0; member <= 4; member++)
                {
                    Check(before, new ConfChange(1, kind, member, default));
                }
            }
        }
    }

    private static void Check(ConfState before, ConfChange change)
    {
        ConfState? after = Members.After(before, change);
        if (after is null)
        {
            Assert.DoesNotContain(before.Voters, it => it != change.Member);
            return;
        }

        Assert.InRange(before.Voters.Except(after.Voters).Union(after.Voters.Except(before.Voters)).Count(), 0, 1);
        bool changes = change.Member != 0 && change.Kind != ConfChangeKind.UpdateNode;
        if (!changes)
        {
            Assert.Equal(before, after);
            return;
        }

        Assert.Equal(change.Kind == ConfChangeKind.AddNode, after.Voters.Contains(change.Member));
        Assert.Equal(change.Kind == ConfChangeKind.AddLearner, after.Learners.Contains(change.Member));
        Assert.Equal(
            before.Voters.Union(before.Learners).Where(it => it != change.Member).Order(),
            after.Voters.Union(after.Learners).Where(it => it != change.Member).Order());
    }
}
