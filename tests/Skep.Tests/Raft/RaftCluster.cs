using System.Collections.Immutable;
using System.Text;
using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>Members and the links between them, one step at a time.</summary>
internal sealed class RaftCluster
{
    public const int ElectionTicks = 10;

    private readonly HashSet<(ulong From, ulong To)> cut = [];
    private readonly Random random;
    private readonly Func<RaftOptions, RaftOptions> adjust;
    private readonly RaftMutant mutant;

    public RaftCluster(
        int voters, int learners = 0, Func<RaftOptions, RaftOptions>? adjust = null,
        RaftMutant mutant = RaftMutant.None, int seed = 1)
    {
        random = new Random(seed);
        this.adjust = adjust ?? (it => it);
        this.mutant = mutant;
        ImmutableArray<ulong> ids = [.. Enumerable.Range(1, voters + learners).Select(it => (ulong)it)];
        var conf = new ConfState(ids[..voters], ids[voters..]);
        foreach (ulong id in ids)
        {
            Add(id, conf);
        }
    }

    public SortedDictionary<ulong, RaftMember> Members { get; } = [];

    /// <summary>Under way, oldest first.</summary>
    public List<Message> Wire { get; } = [];

    /// <summary>Every message that was sent, also those that were lost.</summary>
    public List<Message> Sent { get; } = [];

    public RaftMember this[ulong id] => Members[id];

    public RaftMember Add(ulong id, ConfState conf)
    {
        RaftOptions options = adjust(new RaftOptions
        {
            Id = id,
            ElectionTicks = ElectionTicks,
            HeartbeatTicks = 1,
            PreVote = true,
            CheckQuorum = true,
            Random = random.Next,
        });
        var member = new RaftMember(options, conf, mutant);
        Members.Add(id, member);
        return member;
    }

    public void Cut(ulong id)
    {
        foreach (ulong other in Members.Keys)
        {
            CutLink(id, other);
            CutLink(other, id);
        }
    }

    public void CutLink(ulong from, ulong to) => cut.Add((from, to));

    public void Heal() => cut.Clear();

    public void Heal(ulong id) => cut.RemoveWhere(it => it.From == id || it.To == id);

    public bool IsCut(ulong id) => cut.Any(it => it.From == id) && cut.Any(it => it.To == id);

    public bool Carries(Message message) =>
        !cut.Contains((message.From, message.To))
        && Members.TryGetValue(message.To, out RaftMember? receiver) && !receiver.IsDown;

    /// <summary>Lets every member finish what it has to do, without delivering anything.</summary>
    public void DoReadies()
    {
        foreach ((ulong id, _) in Members)
        {
            DoReady(id);
        }
    }

    public void DoReady(ulong id)
    {
        RaftMember member = Members[id];
        while (!member.IsDown && member.Core.HasReady)
        {
            Post(member.DoReady());
        }
    }

    public void Post(IEnumerable<Message> messages)
    {
        foreach (Message message in messages)
        {
            Sent.Add(message);
            Wire.Add(message);
        }
    }

    /// <summary>Delivers until nobody has anything left to say.</summary>
    public void Settle(Func<Message, bool>? passes = null)
    {
        DoReadies();
        for (int step = 0; Wire.Count > 0; step++)
        {
            Assert.True(step < 100_000, "the members talk without end");
            Message message = Wire[0];
            Wire.RemoveAt(0);
            if (Carries(message) && passes?.Invoke(message) != false)
            {
                Members[message.To].Core.Receive(message);
                DoReady(message.To);
            }
        }
    }

    /// <summary>Delivers what is under way to one member, and what it answers stays under way.</summary>
    public void DeliverTo(ulong id)
    {
        DoReadies();
        foreach (Message message in Wire.Where(it => it.To == id).ToList())
        {
            Wire.Remove(message);
            if (Carries(message))
            {
                Members[id].Core.Receive(message);
            }
        }
    }

    public void Tick(ulong id, int ticks)
    {
        for (int tick = 0; tick < ticks; tick++)
        {
            Members[id].Core.Tick();
            DoReady(id);
        }
    }

    /// <summary>A tick for everybody, and all that comes of it, several times.</summary>
    public void TickAll(int ticks)
    {
        for (int tick = 0; tick < ticks; tick++)
        {
            foreach ((ulong id, RaftMember member) in Members)
            {
                if (!member.IsDown)
                {
                    Tick(id, 1);
                }
            }

            Settle();
        }
    }

    public RaftMember Elect(ulong id)
    {
        Members[id].Core.Campaign();
        Settle();
        Assert.Equal(RaftRole.Leader, Members[id].Core.Status.Role);
        return Members[id];
    }

    public ProposeResult Propose(ulong id, string text) => Members[id].Core.Propose(Bytes(text));

    /// <summary>What was applied, without leaders' first entries.</summary>
    public string Texts(ulong id) => string.Join(
        ' ', Members[id].Applied.Where(it => it.Text.Length > 0).Select(it => it.Text));

    public ulong Leader() => Members
        .Where(it => !it.Value.IsDown && it.Value.Core.Role == RaftRole.Leader)
        .OrderByDescending(it => it.Value.Core.Term)
        .Select(it => it.Key).FirstOrDefault();

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
