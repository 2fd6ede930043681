using System.Collections.Immutable;

namespace Skep.Raft;

/// <summary>
/// The applied configuration, and with it one <see cref="Follower"/> per member, in the order of ids.
/// </summary>
/// <remarks>
/// A swarm has at most a handful of managers, so a sorted array is searched from its start. A change replaces the
/// array: a loop over the old one goes on undisturbed.
/// </remarks>
internal sealed class Members(RaftOptions options)
{
    public ConfState Conf { get; private set; } = ConfState.Empty;

    public ImmutableArray<Follower> All { get; private set; } = [];

    public bool IsSingleVoter(ulong id) => Conf.Voters.Length == 1 && Conf.Voters[0] == id;

    public Follower? Find(ulong id)
    {
        foreach (Follower follower in All)
        {
            if (follower.Id == id)
            {
                return follower;
            }
        }

        return null;
    }

    /// <summary>The configuration a change leads to; null: it would leave nobody to vote.</summary>
    public static ConfState? After(ConfState conf, ConfChange change)
    {
        ulong member = change.Member;
        if (member == 0 || change.Kind == ConfChangeKind.UpdateNode)
        {
            return conf;
        }

        ImmutableArray<ulong> voters = conf.Voters.Remove(member);
        ImmutableArray<ulong> learners = conf.Learners.Remove(member);
        switch (change.Kind)
        {
            case ConfChangeKind.AddNode:
                return new ConfState(voters.Add(member), learners);
            case ConfChangeKind.AddLearner:
                learners = learners.Add(member);
                break;
            default:
                Invariant.Holds(change.Kind == ConfChangeKind.RemoveNode);
                break;
        }

        return voters.IsEmpty ? null : new ConfState(voters, learners);
    }

    /// <summary>Takes a configuration over. Who was known keeps what is known of him.</summary>
    /// <param name="nextForNew">Where a new member is probed first.</param>
    public void Become(ConfState conf, ulong nextForNew)
    {
        var all = ImmutableArray.CreateBuilder<Follower>(conf.Voters.Length + conf.Learners.Length);
        foreach (ulong id in conf.Voters.AddRange(conf.Learners).Sort())
        {
            Follower? known = Find(id);
            bool isLearner = conf.Learners.Contains(id);
            if (known is null)
            {
                // Counts as active at first, or the next look at the quorum could miss it and end this leadership.
                known = NewFollower(id, Math.Max(nextForNew, 1), isLearner);
                known.IsRecentlyActive = true;
            }

            known.IsLearner = isLearner;
            all.Add(known);
        }

        Conf = conf;
        All = all.MoveToImmutable();
    }

    /// <summary>Forgets what was known of everybody, as at the start of a term.</summary>
    public void Restart(ulong next)
    {
        All = [.. All.Select(it => NewFollower(it.Id, next, it.IsLearner))];
    }

    /// <summary>The highest index durable on a majority of the voters.</summary>
    public ulong Committed(bool countLearners)
    {
        Span<ulong> matches = stackalloc ulong[All.Length];
        int voters = 0;
        foreach (Follower follower in All)
        {
            if (!follower.IsLearner || countLearners)
            {
                matches[voters++] = follower.Match;
            }
        }

        return voters == 0 ? 0 : Quorum.Reached(matches[..voters]);
    }

    /// <summary>Whether a majority of the voters was heard since the last time; starts the next stretch.</summary>
    public bool TakeActivity(ulong self)
    {
        int active = 0;
        foreach (Follower follower in All)
        {
            active += !follower.IsLearner && follower.IsRecentlyActive ? 1 : 0;
            follower.IsRecentlyActive = follower.Id == self && follower.IsRecentlyActive;
        }

        return active >= Quorum.Of(Conf.Voters.Length);
    }

    private Follower NewFollower(ulong id, ulong next, bool isLearner) =>
        new(id, next, isLearner, new InflightWindow(options.InflightMessagesMax, options.InflightBytesMax));
}
