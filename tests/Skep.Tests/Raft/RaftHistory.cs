using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Watches a cluster from outside and fails at the first thing that raft promises never to happen.</summary>
internal sealed class RaftHistory(SortedDictionary<ulong, RaftMember> members)
{
    private readonly Dictionary<ulong, ulong> leaders = [];
    private readonly Dictionary<(ulong Voter, ulong Term), ulong> votes = [];
    private readonly Dictionary<string, ulong> openReads = [];
    private readonly Dictionary<ulong, ulong> appliedBy = [];
    private int answeredReads;

    /// <summary>What was applied anywhere, by index: from then on it may not change.</summary>
    public SortedDictionary<ulong, (ulong Term, string Text)> Applied { get; } = [];

    public ulong LastApplied { get; private set; } = 1;

    public int Elections => leaders.Count;

    public int AnsweredReads => answeredReads;

    /// <summary>Election safety: a term has one leader.</summary>
    public void SeeRole(ulong id, RaftCore core)
    {
        if (core.Role == RaftRole.Leader && !leaders.TryAdd(core.Term, id))
        {
            Assert.True(leaders[core.Term] == id, $"{leaders[core.Term]} and {id} lead term {core.Term}");
        }
    }

    /// <summary>Nobody votes twice in a term.</summary>
    public void SeeSent(Message message)
    {
        if (message.Kind == MessageKind.VoteResponse && !message.Reject)
        {
            Assert.True(
                votes.TryAdd((message.From, message.Term), message.To)
                || votes[(message.From, message.Term)] == message.To,
                $"{message.From} votes twice in term {message.Term}");
        }
    }

    /// <summary>State machine safety, and that what is applied is durable on a majority.</summary>
    /// <param name="confs">The configurations whose majority may have committed it.</param>
    public void SeeApplied(ulong id, ulong index, ulong term, string text, params IEnumerable<ConfState> confs)
    {
        if (Applied.TryGetValue(index, out (ulong Term, string Text) known))
        {
            Assert.True(known == (term, text), $"{id} applies {term}/{index} {text}, others applied {known}");
        }
        else
        {
            if (!confs.Any(conf => IsOnMajority(conf, index, term)))
            {
                Assert.Fail($"{id} applies {term}/{index}, not durable on a majority of {string.Join(" or ", confs)}");
            }

            Applied.Add(index, (term, text));
        }

        LastApplied = Math.Max(LastApplied, index);
        ulong before = appliedBy.GetValueOrDefault(id, 1UL);
        Assert.True(index == before + 1, $"{id} applies {index} after {before}");
        appliedBy[id] = index;
    }

    /// <summary>A restart or a snapshot sets a member's state anew.</summary>
    public void SeeState(ulong id, RaftMember member)
    {
        appliedBy[id] = member.Applied.Count == 0 ? 1 : member.Applied[^1].Index;
        foreach ((ulong index, ulong term, string text) in member.Applied)
        {
            bool isKnown = Applied.TryGetValue(index, out (ulong Term, string Text) known) && known == (term, text);
            Assert.True(isKnown, $"{id} has {term}/{index} {text} in its state, others applied {known}");
        }
    }

    public void StartRead(string id) => openReads[id] = LastApplied;

    /// <summary>A read sees at least what anybody had applied when it began.</summary>
    public void SeeRead(ulong id, ReadState read)
    {
        string name = System.Text.Encoding.UTF8.GetString(read.Id.Span);
        if (openReads.TryGetValue(name, out ulong floor))
        {
            Assert.True(read.Index >= floor, $"stale read at {id}: {read.Index}, {floor} was applied before it began");
            answeredReads++;
        }
    }

    private bool IsOnMajority(ConfState conf, ulong index, ulong term)
    {
        int holders = conf.Voters.Count(it => members.TryGetValue(it, out RaftMember? member)
            && (member.DiskSnapshotIndex >= index
                || member.DiskEntries.FindLast(entry => entry.Index == index)?.Term == term));
        return holders > conf.Voters.Length / 2;
    }
}
