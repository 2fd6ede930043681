using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Skep.Raft;
using Skep.Swarm;
using Skep.Swarm.Nodes;
using Skep.Swarm.Objects;

namespace Skep.Manager.Consensus;

/// <summary>What answers at an address that says it is a manager.</summary>
public enum PeerEngine
{
    Skep,
    Docker,
}

/// <summary>What a manager says of itself when it is called.</summary>
/// <param name="RaftId">The member whose log it has; 0: it has none, or is Docker's and does not say.</param>
public sealed record PeerAnswer(PeerEngine Engine, ulong RaftId);

/// <summary>Calls a manager back at the address it gave and sees what answers.</summary>
/// <exception cref="RefusedException">Nobody does, or it is not ready.</exception>
public delegate Task<PeerAnswer> ProbePeer(string address, CancellationToken stop);

/// <summary>What a new member needs to begin.</summary>
public sealed record JoinAnswer(ulong RaftId, MemberList Members);

/// <summary>
/// Who is a manager: adding, moving and removing members, with SwarmKit's rules. Works on the leader only.
/// </summary>
/// <remarks>One request at a time; the raft core guards the same rule once more.</remarks>
public sealed class Membership(RaftDriver driver, IPeerLinks links, ProbePeer probe, IdSource ids, Log log)
{
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>Adds a node, or takes its new address when it is a member already and has its log.</summary>
    /// <remarks>
    /// A member without its log may have forgotten a vote, so it must not vote as the one it was (fault D11): its old
    /// id is removed for good, and it begins under a new one.
    /// </remarks>
    /// <param name="address">Where it says it listens. An unspecified host stands for where the call came from.</param>
    /// <param name="remoteAddress">Where the call came from.</param>
    public async Task<JoinAnswer> JoinAsync(NodeId node, string address, string remoteAddress, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            CheckLeads();
            CheckWanted(node);
            string reachable = Reachable(address, remoteAddress);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(Limits.ProbeTimeout);

            // A member that cannot be called would only make the quorum larger (fault M3).
            PeerAnswer answer = await probe(reachable, patience.Token);
            if (driver.Status.Value.Members.OfNode(node) is { } known)
            {
                if (known.RaftId == answer.RaftId)
                {
                    return await MoveAsync(known, reachable, stop);
                }

                await RemoveForgetfulAsync(known, stop);
            }

            var member = new Member(NewRaftId(), node, reachable);
            bool canLearnFirst = answer.Engine == PeerEngine.Skep && !driver.Status.Value.HasDocker;
            ConfChangeKind kind = canLearnFirst ? ConfChangeKind.AddLearner : ConfChangeKind.AddNode;
            MemberList after = await ChangeAsync(
                new ConfChange(0, kind, member.RaftId, MemberWire.Write(member)), stop);
            log.Info("A manager joined", ("node.id", node), ("raft.id", $"{member.RaftId:x}"), ("address", reachable));
            return new JoinAnswer(member.RaftId, after);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Takes a member out, unless what remains could not decide any more.</summary>
    public async Task RemoveAsync(ulong raftId, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            CheckLeads();
            MemberList now = driver.Status.Value.Members;
            if (!now.Members.ContainsKey(raftId) && !now.Configuration.Contains(raftId))
            {
                return;
            }

            CheckCanRemove(raftId);
            if (raftId == driver.RaftId && now.Configuration.Voters.Length > 1)
            {
                // A leader that removes itself would leave the others waiting for an election (checklist 34).
                await TransferAsync(stop);
                throw Refusals.NotLeader();
            }

            await ChangeAsync(new ConfChange(0, ConfChangeKind.RemoveNode, raftId, default), stop);
            log.Info("A manager was removed", ("raft.id", $"{raftId:x}"));
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>
    /// Whether enough can be reached, both to decide the removal with it and to decide anything without it (fault M4).
    /// </summary>
    public bool CanRemove(ulong raftId)
    {
        ImmutableArray<ulong> voters = driver.Status.Value.Members.Configuration.Voters;
        ImmutableArray<ulong> others = voters.Remove(raftId);
        return others.Length > 0 && HasMajority(voters) && HasMajority(others);
    }

    private bool HasMajority(ImmutableArray<ulong> voters) =>
        voters.Count(voter => voter == driver.RaftId || links.IsActive(voter)) >= (voters.Length / 2) + 1;

    /// <summary>The members as decisions about roles and lists of nodes look at them.</summary>
    public Quorum ToQuorum()
    {
        DriverStatus status = driver.Status.Value;
        return new Quorum(
            [
                .. status.Members.Members.Values.Select(member => new QuorumMember(
                    member.RaftId,
                    member.Node,
                    member.Address,
                    status.Members.Configuration.Voters.Contains(member.RaftId),
                    member.RaftId == driver.RaftId || links.IsActive(member.RaftId)
                        ? Reachability.Reachable
                        : Reachability.Unreachable)),
            ],
            driver.RaftId,
            status.Leadership.Leader);
    }

    /// <summary>Hands leadership to another member and waits until it leads.</summary>
    /// <returns>Who leads.</returns>
    public async Task<ulong> TransferAsync(CancellationToken stop)
    {
        var transfer = new PendingTransfer(0);
        driver.Request(transfer);
        return await transfer.Outcome.WaitAsync(stop);
    }

    private async Task RemoveForgetfulAsync(Member known, CancellationToken stop)
    {
        CheckCanRemove(known.RaftId);
        log.Warn(
            "A manager comes back without its log and begins anew under another id",
            ("node.id", known.Node), ("raft.id", $"{known.RaftId:x}"));
        await ChangeAsync(new ConfChange(0, ConfChangeKind.RemoveNode, known.RaftId, default), stop);
    }

    private void CheckCanRemove(ulong raftId)
    {
        if (!CanRemove(raftId))
        {
            throw SwarmRefusal.Of(
                SwarmCode.FailedPrecondition,
                "raft: member cannot be removed, because removing it may result in loss of quorum");
        }
    }

    private async Task<JoinAnswer> MoveAsync(Member known, string address, CancellationToken stop)
    {
        MemberList members = driver.Status.Value.Members;
        if (known.Address != address)
        {
            Member moved = known with { Address = address };
            members = await ChangeAsync(
                new ConfChange(0, ConfChangeKind.UpdateNode, known.RaftId, MemberWire.Write(moved)), stop);
            log.Info("A manager moved", ("node.id", known.Node), ("from", known.Address), ("to", address));
        }

        return new JoinAnswer(known.RaftId, members);
    }

    private async Task<MemberList> ChangeAsync(ConfChange change, CancellationToken stop)
    {
        var pending = new PendingChange(change);
        driver.Request(pending);
        return await pending.Outcome.WaitAsync(stop);
    }

    private void CheckLeads()
    {
        if (!driver.Status.Value.Leadership.IsLeader)
        {
            throw SwarmRefusal.Of(
                SwarmCode.FailedPrecondition, "raft: failed to process the request: node lost leader status");
        }
    }

    /// <summary>
    /// A node that has just left to be a worker still has its old certificate: it must not come back with it.
    /// </summary>
    private void CheckWanted(NodeId node)
    {
        if (driver.Store.Committed.Nodes.Get(node) is { Spec.DesiredRole: NodeRole.Worker })
        {
            throw SwarmRefusal.Of(SwarmCode.PermissionDenied, $"node {node} is to be a worker, not a manager");
        }
    }

    /// <summary>A number nobody has or had: never 0, and positive as SwarmKit's.</summary>
    private ulong NewRaftId()
    {
        MemberList now = driver.Status.Value.Members;
        while (true)
        {
            ulong id = (ulong.Parse(ids.NewHex(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) >> 1)
                | 1;
            if (!now.Members.ContainsKey(id) && !now.Removed.Contains(id))
            {
                return id;
            }
        }
    }

    private static string Reachable(string address, string remoteAddress)
    {
        if (!TrySplit(address, out string host, out string port))
        {
            throw SwarmRefusal.Of(
                SwarmCode.InvalidArgument, $"invalid address {address} in raft join request");
        }

        bool isUnspecified = IPAddress.TryParse(host, out IPAddress? ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
        if (!isUnspecified)
        {
            return address;
        }

        return TrySplit(remoteAddress, out string from, out _)
            ? from.Contains(':') ? $"[{from}]:{port}" : $"{from}:{port}"
            : throw SwarmRefusal.Of(SwarmCode.InvalidArgument, $"invalid address {remoteAddress} of the caller");
    }

    private static bool TrySplit(string address, out string host, out string port)
    {
        int colon = address.LastIndexOf(':');
        (host, port) = colon > 0 ? (address[..colon].Trim('[', ']'), address[(colon + 1)..]) : ("", "");
        return colon > 0 && port.Length > 0 && port.All(char.IsAsciiDigit)
            && (!host.Contains(':') || address.StartsWith('['));
    }
}
