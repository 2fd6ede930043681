using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Skep.Raft;

namespace Skep.Simulation.Scripts;

/// <summary>How a script ended.</summary>
internal abstract record ScriptResult
{
    public sealed record Passed : ScriptResult;

    public sealed record Unsupported(string Reason) : ScriptResult;

    public sealed record Failed(int Line, string Expected, string Actual) : ScriptResult;
}

/// <summary>
/// Plays an interaction script of etcd-io/raft (its testdata folder) on our core and compares the answers.
/// </summary>
/// <remarks>
/// Compared are states, messages, entries and the order of everything; not the lines of the Go library's logger, which
/// ours has no counterpart for. The scripts propose configuration changes as early as etcd allows it, so its rule is
/// switched on for them.
/// </remarks>
internal sealed partial class InteractionScript
{
    private static readonly string[] levels = ["DEBUG ", "INFO ", "WARN ", "ERROR ", "FATAL "];

    private readonly SortedDictionary<ulong, ScriptMember> members = [];
    private readonly List<Message> wire = [];
    private bool isQuiet;

    public static ScriptResult Run(string text)
    {
        var script = new InteractionScript();
        foreach (ScriptStep step in ScriptStep.Read(text))
        {
            if (WhyUnsupported(step) is { } reason)
            {
                return new ScriptResult.Unsupported($"line {step.Line}: {reason}");
            }

            string actual = Normal(script.Do(step));
            if (actual != Normal(step.Expected))
            {
                return new ScriptResult.Failed(step.Line, step.Expected, actual);
            }
        }

        return new ScriptResult.Passed();
    }

    private static string? WhyUnsupported(ScriptStep step)
    {
        bool isJoint = step.Command == "propose-conf-change"
            && (step.Value("transition") is "explicit" or "implicit" || step.Input.Trim().Contains(' '));
        return isJoint ? "joint consensus"
            : step.IsTrue("async-storage-writes") ? "asynchronous storage writes"
            : step.Value("read-only") == "lease-based" ? "reads by lease"
            : null;
    }

    /// <summary>Without the logger's lines, and with nothing in place of a bare "ok".</summary>
    private static string Normal(string answer)
    {
        IEnumerable<string> kept = answer.Split('\n')
            .Select(it => it.TrimEnd())
            .Where(it => it.Length > 0 && !levels.Any(it.TrimStart().StartsWith));
        string text = string.Join('\n', kept);
        return text == "ok" ? "" : text;
    }

    private string Do(ScriptStep step)
    {
        bool wasQuiet = isQuiet;
        var output = new StringBuilder();
        switch (step.Command)
        {
            case "log-level":
                isQuiet = step.Arguments[0].Key == "none";
                return "ok";
            case "stabilize":
                isQuiet |= step.Value("log-level") == "none";
                Stabilize(step.Ids(), output);
                break;
            case "deliver-msgs":
                Deliver(step, output);
                break;
            case "add-nodes":
                AddMembers(step);
                break;
            case "send-snapshot":
                SendSnapshot(step, output);
                break;
            case "raft-state":
                members.Values.ToList().ForEach(it => output.Append(StateOf(it)));
                break;
            case "transfer-leadership":
                members[ulong.Parse(step.Value("from")!)].Core.TransferLeadership(ulong.Parse(step.Value("to")!));
                break;
            case "process-ready":
                ProcessReady(step.Ids(), output);
                break;
            default:
                DoOn(members[ulong.Parse(step.Arguments[0].Key)], step, output);
                break;
        }

        string answer = isQuiet ? "" : output.ToString();
        isQuiet = wasQuiet;
        return answer;
    }

    private static void DoOn(ScriptMember member, ScriptStep step, StringBuilder output)
    {
        RaftCore core = member.Core;
        switch (step.Command)
        {
            case "campaign":
                core.Campaign();
                break;
            case "compact":
                member.Compact(ulong.Parse(step.Arguments[1].Key));
                AppendLog(member, output);
                break;
            case "forget-leader":
                core.ForgetLeader();
                break;
            case "propose":
                AppendRefusal(core.Propose(Encoding.UTF8.GetBytes(step.Arguments[1].Key)), output);
                break;
            case "propose-conf-change":
                ProposeConfChange(core, step, output);
                break;
            case "raft-log":
                AppendLog(member, output);
                break;
            case "report-unreachable":
                core.ReportUnreachable(step.Ids()[1]);
                break;
            case "set-randomized-election-timeout":
                member.SetElectionTimeout(int.Parse(step.Value("timeout")!, CultureInfo.InvariantCulture));
                break;
            case "status":
                core.Status.Followers.ToList().ForEach(it => output.Append(ScriptText.Of(it)));
                break;
            case "tick-election":
                Tick(core, member.ElectionTicks);
                break;
            case "tick-heartbeat":
                Tick(core, member.HeartbeatTicks);
                break;
            default:
                throw new NotSupportedException(step.Command);
        }
    }

    private static void Tick(RaftCore core, int ticks)
    {
        for (int tick = 0; tick < ticks; tick++)
        {
            core.Tick();
        }
    }

    private static void AppendRefusal(ProposeResult result, StringBuilder output) =>
        output.Append(result is ProposeResult.Accepted ? "" : "raft proposal dropped");

    private static void ProposeConfChange(RaftCore core, ScriptStep step, StringBuilder output)
    {
        string change = step.Input.Trim();
        var kind = (ConfChangeKind)"vrul".IndexOf(change[0]);
        ReadOnlyMemory<byte> data = step.IsTrue("v1")
            ? ConfChangeWire.Write(new ConfChange(0, kind, ulong.Parse(change[1..]), default))
            : new byte[] { 0x12, 4, 0x08, (byte)kind, 0x10, byte.Parse(change[1..], CultureInfo.InvariantCulture) };
        ProposeResult result = core.ProposeConfChange(
            step.IsTrue("v1") ? EntryKind.ConfChange : EntryKind.ConfChangeV2, data);
        if (result is ProposeResult.Dropped { Reason: DropReason.ConfChangePending })
        {
            // etcd appends an empty entry in the place of a change that it refuses.
            result = core.Propose(ReadOnlyMemory<byte>.Empty);
        }

        AppendRefusal(result, output);
    }

    private static void AppendLog(ScriptMember member, StringBuilder output) => output.Append(member.Disk.Count == 0
        ? $"log is empty: first index={member.FirstIndex}, last index={member.FirstIndex - 1}"
        : ScriptText.Of(member.Disk));

    private static string StateOf(ScriptMember member)
    {
        RaftStatus status = member.Core.Status;
        string voter = status.Members.Voters.Contains(member.Id) ? "(Voter)" : "(Non-Voter)";
        return $"{member.Id}: State{status.Role} {voter} Term:{status.Term} Lead:{status.Leader}\n";
    }

    private void AddMembers(ScriptStep step)
    {
        ImmutableArray<ulong> voters = [.. step.Values("voters").Select(ulong.Parse)];
        ImmutableArray<ulong> learners = [.. step.Values("learners").Select(ulong.Parse)];
        ulong index = ulong.Parse(step.Value("index") ?? "0");
        SnapshotMeta? start = index == 0 ? null : new SnapshotMeta(index, 1, new ConfState(voters, learners));
        for (ulong added = ulong.Parse(step.Arguments[0].Key); added > 0; added--)
        {
            var options = new RaftOptions
            {
                Id = (ulong)members.Count + 1,
                ElectionTicks = 3,
                HeartbeatTicks = 1,
                PreVote = step.IsTrue("prevote"),
                CheckQuorum = step.IsTrue("checkquorum"),
                Random = _ => 0,
                MessageBytesMax = long.MaxValue,
                InflightMessagesMax = int.Parse(
                    step.Value("inflight") ?? "1000000", CultureInfo.InvariantCulture),
                InflightBytesMax = long.MaxValue,
                ApplyBytesMax = long.Parse(
                    step.Value("max-committed-size-per-ready") ?? $"{long.MaxValue}", CultureInfo.InvariantCulture),
                RemovedLeader = step.IsTrue("step-down-on-removal")
                    ? RemovedLeader.StepsDown
                    : RemovedLeader.GoesOn,
            };
            members.Add(options.Id, new ScriptMember(options, start, RaftMutant.EarlyConfChange));
        }
    }
}
