using System.Text;
using Skep.Raft;

namespace Skep.Simulation.Scripts;

/// <summary>Prints as the scripts do.</summary>
internal static class ScriptText
{
    public static string Of(Ready ready)
    {
        var text = new StringBuilder();
        if (ready.Role is { } role)
        {
            text.Append($"Lead:{role.Leader} State:State{role.Role}\n");
        }

        if (ready.HardState is { } hard)
        {
            string vote = hard.Vote == 0 ? "" : $" Vote:{hard.Vote}";
            text.Append($"HardState Term:{hard.Term}{vote} Commit:{hard.Commit}\n");
        }

        if (!ready.Entries.IsEmpty)
        {
            text.Append("Entries:\n").Append(Of(ready.Entries));
        }

        if (ready.Snapshot is { } snapshot)
        {
            text.Append($"Snapshot {Of(snapshot.Meta)}\n");
        }

        if (!ready.Committed.IsEmpty)
        {
            text.Append("CommittedEntries:\n").Append(Of(ready.Committed));
        }

        if (!ready.Messages.IsEmpty)
        {
            text.Append("Messages:\n");
            foreach (Message message in ready.Messages)
            {
                text.Append(Of(message)).Append('\n');
            }
        }

        string sync = ready.MustSync ? "true" : "false";
        return text.Length == 0 ? "<empty Ready>" : $"Ready MustSync={sync}:\n{text}";
    }

    public static string Of(IEnumerable<Entry> entries) => string.Concat(entries.Select(it => $"{Of(it)}\n"));

    public static string Of(Message message)
    {
        var text = new StringBuilder(
            $"{message.From:x}->{message.To:x} {Kind(message.Kind)} Term:{message.Term} "
            + $"Log:{message.LogTerm}/{message.Index}");
        text.Append(message.Reject ? $" Rejected (Hint: {message.RejectHint})" : "");
        text.Append(message.Commit == 0 ? "" : $" Commit:{message.Commit}");
        if (message.Entries.Length == 1)
        {
            text.Append($" Entries:[{Of(message.Entries[0])}]");
        }
        else if (message.Entries.Length > 1)
        {
            text.Append($" Entries:[{string.Concat(message.Entries.Select(it => $"\n  {Of(it)}"))}\n]");
        }

        text.Append(message.Snapshot is { } snapshot ? $"\n  Snapshot: {Of(snapshot.Meta)}" : "");
        return text.ToString();
    }

    public static string Of(FollowerStatus follower)
    {
        string learner = follower.IsLearner ? " learner" : "";
        string paused = follower.IsPaused ? " paused" : "";
        string pending = follower.PendingSnapshot == 0 ? "" : $" pendingSnap={follower.PendingSnapshot}";
        string inactive = follower.IsRecentlyActive ? "" : " inactive";
        string full = follower.IsWindowFull ? "[full]" : "";
        string inflight = follower.InflightCount == 0 ? "" : $" inflight={follower.InflightCount}{full}";
        return $"{follower.Id}: State{follower.State} match={follower.Match} next={follower.Next}"
            + $"{learner}{paused}{pending}{inactive}{inflight}\n";
    }

    private static string Of(SnapshotMeta meta) =>
        $"Index:{meta.Index} Term:{meta.Term} ConfState:Voters:[{string.Join(' ', meta.Members.Voters)}] "
        + $"VotersOutgoing:[] Learners:[{string.Join(' ', meta.Members.Learners)}] LearnersNext:[] AutoLeave:false";

    private static string Of(Entry entry)
    {
        string content = entry.Kind == EntryKind.Normal
            ? $"\"{Encoding.UTF8.GetString(entry.Data.Span).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : Of(ConfChangeWire.Read(entry));
        return $"{entry.Term}/{entry.Index} Entry{entry.Kind} {content}";
    }

    private static string Of(ConfChange change) => $"{"vrul"[(int)change.Kind]}{change.Member}";

    private static string Kind(MessageKind kind) => "Msg" + kind.ToString()
        .Replace("Append", "App", StringComparison.Ordinal)
        .Replace("Response", "Resp", StringComparison.Ordinal)
        .Replace("Snapshot", "Snap", StringComparison.Ordinal);
}
