using System.Net;
using System.Net.NetworkInformation;
using Skep.Agent.Network.MeshRouting;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Swarm.Objects;

namespace Skep.Agent.Networks;

/// <summary>Tries the way to every other node as the networks' packets take it: through VXLAN and back.</summary>
/// <remarks>
/// Small packets, packets of full size that may not be cut, and a look whether what comes back is what was sent. What
/// it finds goes to the managers with what the node says of itself, and they put it into the node's message.
/// </remarks>
/// <param name="fullBytes">The largest packet of the routing mesh, with its IP header.</param>
public sealed class PathTest(Func<NetworkState> read, Func<int> fullBytes, TimeProvider time, Log log)
{
    private const int HeaderBytes = 28; // IPv4 and ICMP
    private const int SmallBytes = 56;

    private volatile PathTrouble[] troubles = [];

    /// <summary>What was found last.</summary>
    public ValueList<PathTrouble> Troubles => ValueList.From(troubles);

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(NetworkSessionLimits.PathPause, time, stop);
            NetworkState state = read();
            PathTrouble?[] found = await FindAsync(state, stop);
            PathTrouble[] now =
                [.. found.OfType<PathTrouble>().OrderBy(static one => one.Node.Value, StringComparer.Ordinal)];
            if (!now.SequenceEqual(troubles))
            {
                log.Warn("the ways to other nodes", ("troubles", now.Length), ("first", now.FirstOrDefault()));
                troubles = now;
            }
        }
    }

    private async Task<PathTrouble?[]> FindAsync(NetworkState state, CancellationToken stop)
    {
        // Without a routing mesh there is no such way.
        if (!state.Networks.Values.Any(static one => one.IsIngress))
        {
            return [];
        }

        PeerFacts[] others = [.. state.Peers.Values.Where(one => one.Node != state.Self)];
        var found = new PathTrouble?[others.Length];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = NetworkSessionLimits.PathsAtOnce, CancellationToken = stop,
        };
        await Parallel.ForAsync(
            0, others.Length, options, async (index, end) => found[index] = await TryAsync(others[index], end));
        return found;
    }

    private async Task<PathTrouble?> TryAsync(PeerFacts peer, CancellationToken stop)
    {
        IPAddress address = MeshNumbers.IPv4Of(peer.Index);
        PathTroubleKind? small = await TryAsync(address, SmallBytes, PathTroubleKind.Silent, stop);
        int full = fullBytes();
        PathTroubleKind? kind = small ?? await TryAsync(address, full - HeaderBytes, PathTroubleKind.Large, stop);
        return kind is null ? null : new PathTrouble(peer.Node, kind.Value, full);
    }

    /// <returns>Null: it came back as it was sent.</returns>
    private static async Task<PathTroubleKind?> TryAsync(
        IPAddress address, int bytes, PathTroubleKind kind, CancellationToken stop)
    {
        byte[] sent = [.. Enumerable.Range(0, bytes).Select(static index => (byte)(index * 7))];
        using var ping = new Ping();
        for (int attempt = 0; attempt < NetworkSessionLimits.PathAttempts; attempt++)
        {
            try
            {
                PingReply reply = await ping.SendPingAsync(
                    address, NetworkSessionLimits.PathAnswer, sent, new PingOptions(64, dontFragment: true), stop);
                if (reply.Status == IPStatus.Success)
                {
                    return reply.Buffer.AsSpan().SequenceEqual(sent) ? null : PathTroubleKind.Altered;
                }
            }
            catch (PingException)
            {
                // No route, or larger than this machine's own link takes: as if nothing had come back.
            }
        }

        return kind;
    }
}
