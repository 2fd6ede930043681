using System.Globalization;
using System.Text;
using Skep.Raft;

namespace Skep.Tests.Raft;

/// <summary>
/// Plays a scene: blocks of an English comment, commands, four dashes and what was seen; and writes it again with what
/// is seen now.
/// </summary>
/// <remarks>
/// Commands stand in lines or between semicolons. <c>listen</c> prints the messages of its block. Members begin behind
/// a common first entry, in term 1, and have no chance in them: the election timeout of member n is 10 + 2(n - 1).
/// </remarks>
internal sealed class RaftScene
{
    private readonly StringBuilder seen = new();
    private RaftCluster cluster = null!;
    private bool isListening;

    public static string Play(string text)
    {
        var scene = new RaftScene();
        var result = new StringBuilder();
        foreach (string block in text.Split("\n\n"))
        {
            string head = block.Split("\n----", 2)[0].TrimEnd('\n');
            result.Append(result.Length == 0 ? "" : "\n").Append(head).Append('\n');
            if (head.Split('\n').Any(line => !line.StartsWith('#')))
            {
                result.Append("----\n").Append(scene.DoBlock(head));
            }
        }

        return result.ToString();
    }

    private string DoBlock(string head)
    {
        seen.Clear();
        isListening = false;
        foreach (string line in head.Split('\n').Where(line => !line.StartsWith('#')))
        {
            foreach (string command in line.Split(';', StringSplitOptions.TrimEntries))
            {
                Do(command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
        }

        return $"{seen}{string.Join(" | ", cluster.Members.Select(it => Describe(it.Key, it.Value)))}\n";
    }

    private void Do(string[] words)
    {
        switch (words)
        {
            case ["cluster", var voters, .. var options]:
                NewCluster(Number(voters), options);
                break;
            case ["listen"]:
                isListening = true;
                break;
            case ["settle"]:
                Listen(() => cluster.Settle());
                break;
            case ["tick", var ticks]:
                Listen(() => cluster.TickAll(Number(ticks)));
                break;
            case ["tick", var ticks, "at", var member]:
                cluster.Tick(Id(member), Number(ticks));
                break;
            case ["cut", var link] when link.Contains('>'):
                cluster.CutLink(Id(link.Split('>')[0]), Id(link.Split('>')[1]));
                break;
            case ["cut", var member]:
                cluster.Cut(Id(member));
                break;
            case ["heal"]:
                cluster.Heal();
                break;
            case ["heal", var member]:
                cluster.Heal(Id(member));
                break;
            case ["deliver", var member]:
                Listen(() => cluster.DeliverTo(Id(member)));
                break;
            case ["log", var member]:
                seen.Append($"log of {member}: {string.Join(' ', cluster[Id(member)].DiskEntries.Select(Describe))}\n");
                break;
            case ["add", var member]:
                cluster.Add(Id(member), ConfState.Empty);
                break;
            default:
                DoAt(cluster[Id(words[1])], words);
                break;
        }
    }

    private void DoAt(RaftMember member, string[] words)
    {
        RaftCore core = member.Core;
        switch (words)
        {
            case ["propose", _, var text]:
                Refusal(core.Propose(RaftCluster.Bytes(text.Trim('"'))));
                break;
            case ["change", _, var change]:
                Refusal(core.ProposeConfChange(new ConfChange(
                    1,
                    change[0] == '+' ? ConfChangeKind.AddNode
                        : change[0] == '-' ? ConfChangeKind.RemoveNode : ConfChangeKind.AddLearner,
                    Id(change[1..]), default)));
                break;
            case ["campaign", _]:
                core.Campaign();
                break;
            case ["forget", _]:
                core.ForgetLeader();
                break;
            case ["transfer", _, "to", var successor]:
                core.TransferLeadership(Id(successor));
                break;
            case ["read", _, var name]:
                seen.Append(core.ReadIndex(RaftCluster.Bytes(name)) ? "" : $"read {name}: nobody to ask\n");
                break;
            case ["reads", var id]:
                IEnumerable<string> answers = member.Reads.Select(it =>
                    $"{Encoding.UTF8.GetString(it.Id.Span)}={it.Index}");
                seen.Append($"reads answered at {id}: {string.Join(' ', answers)}\n");
                break;
            case ["snapshot", _]:
                member.TakeSnapshot(keepEntries: 0);
                break;
            case ["crash", _]:
                member.Crash();
                break;
            case ["restart", _]:
                member.Restart();
                break;
            default:
                throw new NotSupportedException(string.Join(' ', words));
        }
    }

    private void NewCluster(int voters, string[] options)
    {
        int learners = options.Where(it => it.StartsWith("learners=")).Select(it => Number(it[9..])).FirstOrDefault();
        bool isPlain = options.Contains("plain");
        cluster = new RaftCluster(voters, learners, it => it with
        {
            PreVote = !isPlain,
            CheckQuorum = !isPlain,
            Random = bound => Math.Min(2 * ((int)it.Id - 1), bound - 1),
        });
        if (options.FirstOrDefault(it => it.StartsWith("leader=")) is { } leader)
        {
            cluster.Elect(Id(leader[7..]));
        }
    }

    private void Listen(Action action)
    {
        int before = cluster.Sent.Count;
        action();
        if (isListening)
        {
            cluster.Sent.Skip(before).ToList().ForEach(it => seen.Append(it).Append('\n'));
        }
    }

    private void Refusal(ProposeResult result) =>
        seen.Append(result is ProposeResult.Accepted ? "" : $"refused: {result}\n");

    private string Describe(ulong id, RaftMember member)
    {
        if (member.IsDown)
        {
            return $"{id} down";
        }

        RaftStatus status = member.Core.Status;
        string role = status.Members.Learners.Contains(id) ? "learner" : status.Role.ToString().ToLowerInvariant();
        string outside = status.Members.Contains(id) ? "" : " (no member)";
        string cut = cluster.IsCut(id) ? " (cut)" : "";
        return $"{id} {role} term={status.Term} commit={status.Commit}{outside}{cut}";
    }

    private static string Describe(Entry entry)
    {
        string content = entry.Kind == EntryKind.Normal
            ? Encoding.UTF8.GetString(entry.Data.Span)
            : ConfChangeWire.Read(entry).ToString().Replace(' ', '-');
        return $"{entry.Term}/{entry.Index}{(content.Length == 0 ? "" : ":" + content)}";
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static ulong Id(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
}
