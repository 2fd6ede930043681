using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Contracts.Peers;
using Skep.Transport.Rpc;

namespace Skep.Manager.Consensus;

/// <summary>Calls a manager and sees what answers.</summary>
public sealed class PeerProbe(PeerLinksOptions options)
{
    /// <summary>The health service's name of consensus, as SwarmKit asks for it.</summary>
    public const string HealthName = "Raft";

    /// <summary>Calls a prospective member back, as <see cref="ProbePeer"/>.</summary>
    public async Task<PeerAnswer> ProbeAsync(string address, CancellationToken stop)
    {
        using RpcChannel channel = options.Connect(address, null);
        try
        {
            HealthCheckResponse health = await channel.CallAsync(
                SwarmKitMethods.Health.Check,
                new HealthCheckRequest { Service = HealthName },
                Limits.ProbeTimeout,
                options.Time,
                stop);
            if (health.Status != HealthCheckResponse.Types.ServingStatus.Serving)
            {
                throw SwarmRefusal.Of(
                    SwarmCode.Unknown, $"health check returned status {health.Status.ToString().ToUpperInvariant()}");
            }

            return await HelloAsync(channel, options.Time, stop);
        }
        catch (RpcException lost)
        {
            throw SwarmRefusal.Of(
                SwarmCode.Unknown,
                "could not connect to prospective new cluster member using its advertised address: " + lost.Detail);
        }
    }

    internal static async Task<PeerAnswer> HelloAsync(
        RpcChannel channel, TimeProvider time, CancellationToken stop)
    {
        try
        {
            PeerHello answer = await channel.CallAsync(
                PeerMethods.Hello, new PeerHello(), Limits.ProbeTimeout, time, stop);
            return new PeerAnswer(PeerEngine.Skep, answer.RaftId);
        }
        catch (RpcException unknown) when (unknown.Status == RpcStatus.Unimplemented)
        {
            return new PeerAnswer(PeerEngine.Docker, 0);
        }
    }
}
