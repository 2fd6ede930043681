namespace Skep.Raft;

/// <summary>Where a vote stands.</summary>
internal enum VoteOutcome
{
    Pending,
    Won,
    Lost,
}

/// <summary>The arithmetic of majorities.</summary>
internal static class Quorum
{
    public static int Of(int voters) => (voters / 2) + 1;

    /// <summary>The highest index that a majority has reached. Sorts what it is given.</summary>
    public static ulong Reached(Span<ulong> indexes)
    {
        Invariant.Holds(!indexes.IsEmpty);
        indexes.Sort();
        return indexes[indexes.Length - Of(indexes.Length)];
    }

    public static VoteOutcome Outcome(int voters, int granted, int refused)
    {
        Invariant.Holds(granted + refused <= voters);
        if (granted >= Of(voters))
        {
            return VoteOutcome.Won;
        }

        return voters - refused < Of(voters) ? VoteOutcome.Lost : VoteOutcome.Pending;
    }
}
