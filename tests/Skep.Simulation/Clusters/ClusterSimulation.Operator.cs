using Skep.Manager.Consensus;
using Skep.Raft;

namespace Skep.Simulation.Clusters;

// The operator: lets managers join, takes some out, moves leadership.
public sealed partial class ClusterSimulation
{
    private readonly SortedSet<ulong> joining = [];
    private readonly SortedSet<ulong> forgetful = [];
    private readonly List<(PendingChange Change, SimulatedManager Leader, int Life)> changes = [];
    private ulong lastId = 1;

    /// <summary>In every third run, so that the others stay what they were.</summary>
    private bool HasWipes => Seed % 3 == 1;

    private void PlanOperator()
    {
        Time.After(Options.Tick * 5, AttendJoins);
        Repeat(Options.Changes, ChangeSomething);
        for (int number = 2; number <= Options.Managers; number++)
        {
            Time.After(Options.Tick * 20 * number, () => joining.Add(++lastId));
        }
    }

    /// <summary>A joiner asks until it is a member, under one id; then its machine starts.</summary>
    private void AttendJoins()
    {
        Figures.MemberChanges += changes.RemoveAll(static it => it.Change.Outcome.IsCompletedSuccessfully);
        changes.RemoveAll(static it => it.Change.Outcome.IsCompleted || it.Life != it.Leader.Life);
        if (forgetful.Count > 0)
        {
            AttendForgetful(forgetful.Min);
        }

        if (joining.Count > 0)
        {
            AttendJoin(joining.Min);
        }

        TellMembers();
        Time.After(Options.Tick * 5, AttendJoins);
    }

    private void AttendJoin(ulong id)
    {
        MemberList[] seen = [.. managers.Values.Where(static it => it.IsUp).Select(static it => it.Driver!.Members)];
        if (seen.FirstOrDefault(members => members.Members.ContainsKey(id)) is { } joined)
        {
            joining.Remove(id);
            NewManager(id).Found([.. joined.Members.Values]);
        }
        else if (seen.Any(members => members.Removed.Contains(id)))
        {
            joining.Remove(id);
        }
        else if (changes.Count == 0 && Leader() is { } leader)
        {
            Change(leader, Options.HasDocker ? ConfChangeKind.AddNode : ConfChangeKind.AddLearner, id);
        }
    }

    private void ChangeSomething()
    {
        if (Leader() is not { } leader)
        {
            return;
        }

        MemberList members = leader.Driver!.Members;
        switch (Random.Next(HasLeaderLoop ? 7 : 4))
        {
            case 0 when members.Members.Count + joining.Count < 7:
                joining.Add(++lastId);
                break;
            case 1 or 2 when members.Members.Count > 1:
                Remove(leader, members);
                break;
            case 3:
                leader.Request(new PendingTransfer(0));
                break;
            case > 3:
                Demote(leader);
                break;
        }
    }

    private void Remove(SimulatedManager leader, MemberList members)
    {
        ulong id = members.Members.Keys.ElementAt(Random.Next(members.Members.Count));
        ulong[] others = [.. members.Configuration.Voters.Where(voter => voter != id)];
        int reachable = others.Count(voter => voter == leader.Id
            || (Network.IsOpen(leader.Id, voter) && Network.IsOpen(voter, leader.Id)));
        bool mayGo = others.Length > 0 && reachable >= (others.Length / 2) + 1;
        // Of two, one that leads and removes itself leaves the other without a majority: it hands over first.
        if (mayGo && id == leader.Id && (others.Length == 1 || Random.Next(4) > 0))
        {
            leader.Request(new PendingTransfer(0));
        }
        else if (mayGo)
        {
            Change(leader, ConfChangeKind.RemoveNode, id);
        }
    }

    private void Change(SimulatedManager leader, ConfChangeKind kind, ulong id)
    {
        var member = new Member(id, new Skep.Swarm.NodeId($"node{id}"), $"10.0.0.{id}:2377");
        ReadOnlyMemory<byte> context = kind == ConfChangeKind.RemoveNode ? default : MemberWire.Write(member);
        var change = new PendingChange(new ConfChange(0, kind, id, context));
        changes.Add((change, leader, leader.Life));
        leader.Request(change);
    }

    /// <summary>Who came back without a log is another member: the one it was goes first (fault D11).</summary>
    private void AttendForgetful(ulong id)
    {
        MemberList[] seen = [.. managers.Values.Where(static it => it.IsUp).Select(static it => it.Driver!.Members)];
        if (seen.Any(members => members.Removed.Contains(id)))
        {
            forgetful.Remove(id);
            joining.Add(++lastId);
        }
        else if (changes.Count == 0 && Leader() is { } leader)
        {
            Change(leader, ConfChangeKind.RemoveNode, id);
        }
    }

    /// <summary>
    /// Who is called by a stranger asks those it knows; who was never told who the members are asks to be taken in once
    /// more.
    /// </summary>
    private void TellMembers()
    {
        foreach (SimulatedManager manager in managers.Values.Where(static manager => manager.IsUp))
        {
            ulong stranger = manager.Driver!.Status.Value.Stranger;
            MemberList? told = stranger == 0 ? null : managers.Values
                .Where(other => other != manager && CanReach(manager, other.Id)
                    && manager.Driver.Members.Members.ContainsKey(other.Id))
                .Select(static other => other.Driver!.Members)
                .FirstOrDefault(members => members.Members.ContainsKey(stranger));
            if (told is not null)
            {
                manager.Report(manager.Life, new StrangerFound(told.Members[stranger]));
            }
        }

        if (Leader() is not { } leader)
        {
            return;
        }

        MemberList members = leader.Driver!.Members;
        foreach (SimulatedManager manager in managers.Values.Where(manager => manager.IsUp
            && manager.Driver!.Members.IsUntold && CanReach(leader, manager.Id)))
        {
            if (members.Members.ContainsKey(manager.Id))
            {
                manager.Report(manager.Life, new MembersTold([.. members.Members.Values]));
            }
            else if (members.Removed.Contains(manager.Id))
            {
                manager.Report(manager.Life, new RemovalHeard());
            }
        }
    }
}
