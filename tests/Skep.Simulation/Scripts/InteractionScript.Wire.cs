using System.Text;
using Skep.Raft;

namespace Skep.Simulation.Scripts;

internal sealed partial class InteractionScript
{
    private void ProcessReady(IReadOnlyList<ulong> ids, StringBuilder output)
    {
        foreach (ulong id in ids)
        {
            if (ids.Count == 1)
            {
                DoReady(members[id], output);
                continue;
            }

            output.Append($"> {id} handling Ready\n");
            Indented(output, inner => DoReady(members[id], inner));
        }
    }

    private void DoReady(ScriptMember member, StringBuilder output)
    {
        Ready ready = member.DoReady();
        output.Append(ScriptText.Of(ready));
        wire.AddRange(ready.Messages);
    }

    /// <summary>Ready after Ready, and all messages to each in turn, until these members are at rest.</summary>
    private void Stabilize(IReadOnlyList<ulong> ids, StringBuilder output)
    {
        List<ScriptMember> chosen = [.. members.Values.Where(it => ids.Count == 0 || ids.Contains(it.Id))];
        bool isDone = false;
        while (!isDone)
        {
            isDone = true;
            foreach (ScriptMember member in chosen.Where(it => it.Core.HasReady))
            {
                output.Append($"> {member.Id} handling Ready\n");
                Indented(output, inner => DoReady(member, inner));
                isDone = false;
            }

            foreach (ScriptMember member in chosen.Where(it => wire.Exists(message => message.To == it.Id)))
            {
                output.Append($"> {member.Id} receiving messages\n");
                Indented(output, inner => Deliver(member.Id, kind: null, isDropped: false, inner));
                isDone = false;
            }
        }
    }

    private void Deliver(ScriptStep step, StringBuilder output)
    {
        string? kind = step.Value("type");
        int delivered = step.Ids().Sum(id => Deliver(id, kind, isDropped: false, output))
            + step.Values("drop").Sum(id => Deliver(ulong.Parse(id), kind, isDropped: true, output));
        output.Append(delivered == 0 ? "no messages\n" : "");
    }

    private int Deliver(ulong to, string? kind, bool isDropped, StringBuilder output)
    {
        List<Message> chosen = [.. wire.Where(it =>
            it.To == to && (kind is null || ScriptText.Of(it).Contains($" {kind} ", StringComparison.Ordinal)))];
        foreach (Message message in chosen)
        {
            wire.Remove(message);
            output.Append($"{(isDropped ? "dropped: " : "")}{ScriptText.Of(message)}\n");
            if (!isDropped)
            {
                output.Append(IsFromStranger(message) ? "raft: cannot step as peer not found\n" : "");
                members[to].Core.Receive(message);
            }
        }

        return chosen.Count;
    }

    /// <summary>etcd's wrapper refuses answers from who is not in the receiver's configuration.</summary>
    private bool IsFromStranger(Message message) =>
        message.Kind is MessageKind.AppendResponse or MessageKind.VoteResponse or MessageKind.HeartbeatResponse
            or MessageKind.PreVoteResponse or MessageKind.ReadIndexResponse
        && !members[message.To].Core.Status.Members.Contains(message.From);

    private void SendSnapshot(ScriptStep step, StringBuilder output)
    {
        ScriptMember sender = members[step.Ids()[0]];
        var message = new Message
        {
            Kind = MessageKind.Snapshot,
            From = sender.Id,
            To = step.Ids()[1],
            Term = sender.Core.Status.Term,
            Snapshot = new Snapshot(sender.LastSnapshot!, default),
        };
        wire.Add(message);
        output.Append(ScriptText.Of(message));
    }

    private static void Indented(StringBuilder output, Action<StringBuilder> print)
    {
        var inner = new StringBuilder();
        print(inner);
        foreach (string line in inner.ToString().Split('\n').Where(it => it.Length > 0))
        {
            output.Append($"  {line}\n");
        }
    }
}
