using System.Net;
using System.Net.Sockets;
using Skep.Manager.Consensus;
using Skep.Manager.Measuring;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Manager.Networks;

/// <summary>What the service works with.</summary>
public sealed record NetworkServiceParts
{
    public required ReplicatedStore Store { get; init; }

    public required NetworkFeed Feed { get; init; }

    public required Latest<DriverStatus> Status { get; init; }

    public ClaimMeter Claims { get; init; } = new();

    /// <summary>For a task to be out of the way of new traffic; then it is stopped all the same.</summary>
    public TimeSpan Withdrawal { get; init; } = NetworkLimits.Withdrawal;

    public required IdSource Ids { get; init; }

    public required TimeProvider Time { get; init; }

    public required Log Log { get; init; }
}

/// <summary>Tells nodes of the swarm's networks, and hears from them what has become true.</summary>
/// <remarks>
/// Any manager tells; the leader alone hears, for it is asked when a task may be stopped. See
/// docs/internals/discovery.md. Thread-safe.
/// </remarks>
public sealed partial class NetworkService(NetworkServiceParts parts)
{
    private readonly Confirmations confirmations = new();

    public void Map(RpcRoutes routes, FindLeader findLeader)
    {
        routes.ServerStream(SkepMethods.Networks.Follow, RpcAccess.Node, FollowAsync);
        routes.AtLeader(findLeader)
            .Unary(SkepMethods.Networks.Register, RpcAccess.Node, RegisterAsync)
            .ClientStream(SkepMethods.Networks.Confirm, RpcAccess.Node, ConfirmAsync)
            .Unary(SkepMethods.Networks.AwaitWithdrawal, RpcAccess.Node, AwaitWithdrawalAsync);
    }

    private async Task<PeerRegistered> RegisterAsync(
        PeerRegistration request, RpcCaller caller, CancellationToken stop)
    {
        var told = new PeerRecord
        {
            DataPathAddress = AddressOf(request, caller),
            WireGuardKey = Checked(request.WireguardKey),
            Ranges =
            [
                .. request.Ranges.Take(NetworkLimits.Ranges).Select(Checked)
                    .Where(static one => IPNetwork.TryParse(one, out _)).Order(StringComparer.Ordinal),
            ],
        };
        PathTrouble[] troubles =
        [
            .. request.Troubles.Take(NetworkLimits.Troubles).Select(
                static one => new PathTrouble(new(one.Node), (PathTroubleKind)one.Kind, one.Bytes)),
        ];
        try
        {
            PeerRecord stored = await parts.Store.UpdateAsync(
                transaction =>
                {
                    PathTroubles.Note(transaction, caller.Node, troubles);
                    return PeerRecord.Register(transaction, caller.Node, told, parts.Ids);
                },
                stop);
            return new PeerRegistered { Index = stored.Index };
        }
        catch (RefusedException refusal) when (SwarmRefusal.IsOf(refusal, SwarmCode.AlreadyExists))
        {
            parts.Claims.KeyRefused();
            parts.Log.Warn(
                "a node was not registered as a neighbour", ("node.id", caller.Node),
                ("reason", SwarmRefusal.Parts(refusal).Description));
            throw;
        }
    }

    /// <remarks>
    /// A read that a quorum vouches for comes first: what this manager then knows is no older than what any other has
    /// told the node before, so a node never goes back. Without a quorum a node hears nothing, and keeps what it has.
    /// A node that comes back hears what it missed, if what it has is still known here; otherwise everything.
    /// </remarks>
    private async Task FollowAsync(
        FollowNetworks request, RpcWriter<NetworkNews> writer, RpcCaller caller, CancellationToken stop)
    {
        Skep.Swarm.Store.StoreSnapshot read = await parts.Store.ReadAsync(stop);
        NetworkPicture told = await parts.Feed.ReachAsync(read.Revision, stop);
        NetworkPicture? had = FindHad(request, caller.Node);
        NetworkDelta first = told.Since(had ?? NetworkPicture.Empty, caller.Node) with { IsComplete = had is null };
        await writer.WriteAsync(NetworkNewsWire.ToWire(first), stop);
        long? unsaidSince = null;
        while (true)
        {
            (NetworkPicture now, Task changed) = parts.Feed.Read();
            NetworkDelta delta = now.Since(told, caller.Node);
            unsaidSince = now.Revision == told.Revision ? null : unsaidSince ?? parts.Time.GetTimestamp();
            if (!delta.IsEmpty || IsOver(unsaidSince, NetworkLimits.Unsaid))
            {
                await writer.WriteAsync(NetworkNewsWire.ToWire(delta), stop);
                (told, unsaidSince) = (now, null);
                await Task.Delay(NetworkLimits.Pause, parts.Time, stop);
            }
            else
            {
                await WaitAsync(changed, unsaidSince is null ? Timeout.InfiniteTimeSpan : NetworkLimits.Unsaid, stop);
            }
        }
    }

    /// <summary>The picture whose part for the node is exactly what it says that it has; null: none is.</summary>
    private NetworkPicture? FindHad(FollowNetworks request, NodeId node) =>
        !request.Digest.IsEmpty
        && parts.Feed.FindPast(request.Revision) is { } past
        && NetworkDigest.Of(past.Since(NetworkPicture.Empty, node)).Equals(request.Digest) ? past : null;

    private bool IsOver(long? since, TimeSpan time) => since is { } start && parts.Time.GetElapsedTime(start) >= time;

    private async Task WaitAsync(Task changed, TimeSpan atMost, CancellationToken stop)
    {
        try
        {
            await changed.WaitAsync(atMost, parts.Time, stop);
        }
        catch (TimeoutException)
        {
            // Then the time itself is what the caller waited for.
        }
    }

    private static string AddressOf(PeerRegistration request, RpcCaller caller)
    {
        if (request.DataPathAddress.Length > 0)
        {
            return IPAddress.TryParse(request.DataPathAddress, out IPAddress? address) && IsOfOneHost(address)
                ? address.ToString()
                : throw SwarmRefusal.Of(
                    SwarmCode.InvalidArgument,
                    $"data path address {Checked(request.DataPathAddress)} is no address of a host");
        }

        // What packets are sent to must be somebody's: neither this host's own loopback nor "any address".
        string[] told = [caller.RemoteAddress, request.LocalAddress];
        return told.Select(FindHost).FirstOrDefault(static one => one is not null)
            ?? throw SwarmRefusal.Of(
                SwarmCode.Unavailable, $"the address of node {caller.Node} is not known yet; --data-path-addr says it");
    }

    private static string? FindHost(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? seen)
        && !IPAddress.IsLoopback(seen.Address)
        && !seen.Address.IsIPv6LinkLocal
        && IsOfOneHost(seen.Address)
            ? seen.Address.ToString()
            : null;

    // All nodes set up a way to it, and what no kernel takes would keep them from ways to the others.
    private static bool IsOfOneHost(IPAddress address) =>
        !address.Equals(IPAddress.Any)
        && !address.Equals(IPAddress.IPv6Any)
        && !address.Equals(IPAddress.Broadcast)
        && !address.IsIPv6Multicast
        && !(address.AddressFamily == AddressFamily.InterNetwork && (address.GetAddressBytes()[0] & 0xf0) == 0xe0);

    private static string Checked(string text) => text.Length <= NetworkLimits.TextCharacters
        ? text
        : throw SwarmRefusal.Of(SwarmCode.InvalidArgument, "a text of a node about itself is too long");
}
