using Skep.Raft;
using Xunit.Sdk;

namespace Skep.Tests.Raft;

public sealed class RandomRaftTests
{
    private const int Steps = 3_000;

    [Theory]
    [InlineData(1)]
    [InlineData(1_001)]
    [InlineData(2_001)]
    public void Whatever_happens_nothing_wrong_does_and_healed_members_agree(int firstSeed)
    {
        (int elections, int reads, ulong applied) = (0, 0, 0);
        for (int seed = firstSeed; seed < firstSeed + 20; seed++)
        {
            RandomRaft run = Run(seed, RaftMutant.None);
            elections += run.History.Elections;
            reads += run.History.AnsweredReads;
            applied += run.History.LastApplied;
        }

        // A run in which nothing happens proves nothing.
        Assert.True(elections > 50 && reads > 300 && applied > 500, $"{elections} {reads} {applied}");
    }

    internal static RandomRaft Run(int seed, RaftMutant mutant)
    {
        var run = new RandomRaft(seed, mutant);
        try
        {
            run.Run(Steps);
            run.Converge();
        }
        catch (Exception failure) when (failure is XunitException || IsBrokenInvariant(failure))
        {
            throw new XunitException($"seed {seed}: {failure.Message}");
        }

        return run;
    }

    private static bool IsBrokenInvariant(Exception failure) => failure.GetType().Name == "BrokenInvariantException";
}
