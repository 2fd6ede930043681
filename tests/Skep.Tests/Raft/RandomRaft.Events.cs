using System.Text;
using Skep.Raft;

namespace Skep.Tests.Raft;

internal sealed partial class RandomRaft
{
    private readonly Dictionary<RaftMember, int> stages = [];

    private void Deliver()
    {
        if (cluster.Wire.Count == 0)
        {
            return;
        }

        int index = isOrdered ? 0 : random.Next(cluster.Wire.Count);
        Message message = cluster.Wire[index];
        if (!Happens(copies))
        {
            cluster.Wire.RemoveAt(index);
        }

        Arrive(message, isLost: Happens(loss));
    }

    /// <summary>The links know whether a snapshot arrived, and say so.</summary>
    private void Arrive(Message message, bool isLost)
    {
        bool arrives = cluster.Carries(message) && !isLost;
        if (arrives)
        {
            cluster[message.To].Core.Receive(message);
        }

        if (message.Kind == MessageKind.Snapshot && !cluster[message.From].IsDown)
        {
            cluster[message.From].Core.ReportSnapshot(message.To, arrives);
        }
    }

    /// <summary>One step of a Ready, or all that are left: take, save, send, apply, finish.</summary>
    private void Work(RaftMember member, bool toTheEnd)
    {
        do
        {
            int stage = member.UnderWay is null ? 0 : stages[member];
            if (stage == 0 && !member.Core.HasReady)
            {
                return;
            }

            switch (stage)
            {
                case 0:
                    member.Take();
                    break;
                case 1:
                    member.Save();
                    break;
                case 2:
                    Send(member.Messages());
                    break;
                case 3:
                    Apply(member);
                    break;
                default:
                    member.Finish();
                    if (member.Core.WantsSnapshot)
                    {
                        member.TakeSnapshot(keepEntries: 2);
                    }

                    break;
            }

            stages[member] = stage + 1;
        }
        while (toTheEnd && member.UnderWay is not null);
    }

    private void Send(IReadOnlyList<Message> messages)
    {
        foreach (Message message in messages)
        {
            history.SeeSent(message);
            cluster.Wire.Add(message);
        }

        while (cluster.Wire.Count > WireMax)
        {
            Message oldest = cluster.Wire[0];
            cluster.Wire.RemoveAt(0);
            Arrive(oldest, isLost: true);
        }
    }

    private void Apply(RaftMember member)
    {
        Ready ready = member.UnderWay!;
        int readsBefore = member.Reads.Count;
        int appliedBefore = ready.Snapshot is null ? member.Applied.Count : 0;
        var confs = new List<ConfState> { member.Core.Status.Members };
        if (confBefore.TryGetValue(member.Id, out ConfState? before))
        {
            confs.Add(before);
        }

        member.Apply();
        if (member.Core.Status.Members is { } now && now != confs[0])
        {
            confBefore[member.Id] = confs[0];
            confs.Add(now);
        }

        if (ready.Snapshot is not null)
        {
            history.SeeState(member.Id, member);
        }
        else
        {
            foreach ((ulong index, ulong term, string text) in member.Applied.Skip(appliedBefore))
            {
                history.SeeApplied(member.Id, index, term, text, confs);
            }
        }

        member.Reads.Skip(readsBefore).ToList().ForEach(it => history.SeeRead(member.Id, it));
    }

    private void Write() => Up()?.Core.Propose(Encoding.UTF8.GetBytes($"w{written++}"));

    private void Read()
    {
        string id = $"r{asked++}";
        history.StartRead(id);
        Up()?.Core.ReadIndex(Encoding.UTF8.GetBytes(id));
    }

    private void Disturb()
    {
        RaftMember? member = Happens(30) && cluster.Leader() is var leader and not 0 ? cluster[leader] : Up();
        switch (random.Next(8))
        {
            case 0 when member is not null && Happens(crashes):
                member.Crash();
                break;
            case 1 or 2:
                foreach ((ulong id, RaftMember down) in cluster.Members.Where(it => it.Value.IsDown && Happens(40)))
                {
                    Restart(id, down);
                }

                break;
            case 3 when Happens(cuts):
                cluster.CutLink(Anybody(), Anybody());
                break;
            case 4 when Happens(30):
                cluster.Heal();
                break;
            case 5 when Happens(changes):
                ChangeMembers();
                break;
            case 6 when Happens(snapshots) && member is { UnderWay: null }:
                member.TakeSnapshot(keepEntries: (ulong)random.Next(4));
                break;
            case 7 when member is not null && Happens(20):
                Nudge(member);
                break;
            default:
                break;
        }
    }

    private void Nudge(RaftMember member)
    {
        switch (random.Next(4))
        {
            case 0:
                member.Core.TransferLeadership(Anybody());
                break;
            case 1:
                member.Core.ReportUnreachable(Anybody());
                break;
            case 2:
                member.Core.ReportSnapshot(Anybody(), installed: random.Next(2) == 0);
                break;
            default:
                member.Core.Campaign();
                break;
        }
    }

    private void ChangeMembers()
    {
        ulong leader = cluster.Leader();
        if (leader == 0)
        {
            return;
        }

        ulong member = 1 + (ulong)random.Next((int)MemberMax);
        var kind = (ConfChangeKind)random.Next(4);
        ConfState conf = cluster[leader].Core.Status.Members;
        bool isLastVoter = conf.Voters.Length == 1 && conf.Voters.Contains(member);
        bool wasRemoved = cluster.Members.ContainsKey(member) && !conf.Contains(member);
        if (isLastVoter || wasRemoved)
        {
            return;
        }

        if (!cluster.Members.ContainsKey(member))
        {
            cluster.Add(member, ConfState.Empty);
        }

        cluster[leader].Core.ProposeConfChange(new ConfChange(1, kind, member, default));
    }

    private void Restart(ulong id, RaftMember member)
    {
        member.Restart();
        history.SeeState(id, member);
    }

    private ulong Anybody() => cluster.Members.Keys.ElementAt(random.Next(cluster.Members.Count));
}
