using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>
/// A cluster to which anything may happen, drawn from a seed; then everything heals and it must converge.
/// </summary>
/// <remarks>
/// Members crash between any two steps of a Ready, messages are lost, doubled, delayed and reordered, links break one
/// way, members come and go, logs are compacted. How much of each is itself drawn from the seed.
/// </remarks>
internal sealed partial class RandomRaft
{
    private const int WireMax = 300;
    private const ulong MemberMax = 9;

    private readonly Random random;
    private readonly RaftCluster cluster;
    private readonly RaftHistory history;
    private readonly Dictionary<ulong, ConfState> confBefore = [];
    private readonly int loss;
    private readonly int copies;
    private readonly int crashes;
    private readonly int cuts;
    private readonly int changes;
    private readonly int snapshots;
    private readonly bool isOrdered;
    private readonly bool holdsCommits;
    private int written;
    private int asked;

    public RandomRaft(int seed, RaftMutant mutant)
    {
        random = new Random(seed);
        bool preVote = random.Next(2) == 0;
        holdsCommits = random.Next(2) == 0;
        cluster = new RaftCluster(
            voters: 1 + random.Next(5), learners: random.Next(2), it => it with
            {
                ElectionTicks = 6,
                PreVote = preVote,
                HoldsCommits = holdsCommits,
                InflightMessagesMax = 1 + random.Next(8),
                MessageBytesMax = 1 + random.Next(100),
                ApplyBytesMax = 1 + random.Next(200),
                UncommittedBytesMax = 1_000,
            },
            mutant, seed);
        history = new RaftHistory(cluster.Members);
        loss = random.Next(3) == 0 ? 0 : random.Next(30);
        copies = random.Next(3) == 0 ? 0 : random.Next(30);
        crashes = random.Next(3) == 0 ? 0 : random.Next(100);
        cuts = random.Next(3) == 0 ? 0 : random.Next(50);
        changes = random.Next(2) == 0 ? 0 : random.Next(30);
        snapshots = random.Next(3) == 0 ? 0 : random.Next(50);
        isOrdered = random.Next(3) == 0;
    }

    public RaftHistory History => history;

    public RaftCluster Cluster => cluster;

    /// <summary>The safety phase: nothing has to happen, but nothing wrong may.</summary>
    public void Run(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            switch (random.Next(100))
            {
                case < 45:
                    Deliver();
                    break;
                case < 60:
                    Tick();
                    break;
                case < 75:
                    if (Up() is { } worker)
                    {
                        Work(worker, toTheEnd: random.Next(3) > 0);
                    }

                    break;
                case < 85:
                    Write();
                    break;
                case < 92:
                    Read();
                    break;
                default:
                    Disturb();
                    break;
            }

            Watch();
        }
    }

    /// <summary>
    /// The liveness phase: everybody is up and connected, so a leader must emerge and all must agree.
    /// </summary>
    public void Converge()
    {
        cluster.Heal();
        foreach ((ulong id, RaftMember member) in cluster.Members.Where(it => it.Value.IsDown))
        {
            Restart(id, member);
        }

        for (int tick = 0; tick < 400; tick++)
        {
            foreach ((_, RaftMember member) in Living())
            {
                member.Core.Tick();
            }

            SettleAll();
            if (tick > 40 && tick % 20 == 0 && IsConverged())
            {
                return;
            }
        }

        Assert.Fail($"no agreement after healing: {Describe()}");
    }

    /// <summary>
    /// Who still belongs, and who is out but whose vote somebody that belongs may still need: a removed member ends
    /// only when the others know.
    /// </summary>
    private IEnumerable<(ulong Id, RaftMember Member)> Living()
    {
        ConfState newest = cluster.Members.Values
            .MaxBy(it => it.Applied.Count == 0 ? 0 : it.Applied[^1].Index)!.Core.Status.Members;
        List<ConfState> believed = [.. newest.Voters
            .Where(cluster.Members.ContainsKey)
            .Select(it => cluster[it].Core.Status.Members)];
        return [.. cluster.Members
            .Where(it => newest.Contains(it.Key) || believed.Exists(conf => conf.Voters.Contains(it.Key)))
            .Select(it => (it.Key, it.Value))];
    }

    private bool IsConverged()
    {
        ulong leader = cluster.Leader();
        if (leader == 0 || cluster.Propose(leader, $"end{written++}") is not ProposeResult.Accepted accepted)
        {
            return false;
        }

        SettleAll();
        cluster[leader].Core.Tick();
        SettleAll();
        return history.LastApplied >= accepted.Index && Living().All(it =>
            cluster[leader].Core.Status.Members.Contains(it.Id) &&
            it.Member.Applied.Count > 0 && it.Member.Applied[^1].Index == history.LastApplied);
    }

    private string Describe() => string.Join(" | ", cluster.Members.Select(it =>
        $"{it.Key} {it.Value.Core.Status.Role} term={it.Value.Core.Status.Term} "
        + $"last={it.Value.Core.Status.LastIndex} commit={it.Value.Core.Status.Commit} "
        + it.Value.Core.Status.Members));

    private void SettleAll()
    {
        for (int round = 0; round < 10_000; round++)
        {
            foreach ((_, RaftMember member) in Living())
            {
                while (member.UnderWay is not null || member.Core.HasReady)
                {
                    Work(member, toTheEnd: true);
                }
            }

            Watch();
            if (cluster.Wire.Count == 0)
            {
                return;
            }

            List<Message> batch = [.. cluster.Wire];
            cluster.Wire.Clear();
            batch.ForEach(it => Arrive(it, isLost: false));
        }

        Assert.Fail("the members talk without end");
    }

    private void Watch()
    {
        foreach ((ulong id, RaftMember member) in cluster.Members)
        {
            if (!member.IsDown)
            {
                history.SeeRole(id, member.Core);
            }
        }
    }

    /// <summary>Now and then a clock runs ahead of the others, or its process was stopped for a while.</summary>
    private void Tick()
    {
        RaftMember? member = Up();
        for (int ticks = Happens(10) ? 1 + random.Next(8) : 1; ticks > 0; ticks--)
        {
            member?.Core.Tick();
        }

        if (holdsCommits && Happens(30))
        {
            member?.Core.TellCommit();
        }
    }

    private RaftMember? Up()
    {
        List<RaftMember> up = [.. cluster.Members.Values.Where(it => !it.IsDown)];
        return up.Count == 0 ? null : up[random.Next(up.Count)];
    }

    private bool Happens(int percent) => random.Next(100) < percent;
}
