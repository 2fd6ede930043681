using Skep.Manager.Consensus;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.Manager;

/// <summary>This manager's connection to the one that leads, for the calls that only it can answer.</summary>
/// <remarks>Thread-safe. The channel is kept until somebody else leads or the leader has moved.</remarks>
public sealed class LeaderChannel(RaftDriver driver, NodeCredentials credentials) : IDisposable
{
    private readonly Lock gate = new();
    private (string Address, RpcChannel Channel)? kept;

    /// <returns>Null: this manager leads.</returns>
    /// <exception cref="RpcException">Nobody leads that we know of.</exception>
    public ValueTask<RpcChannel?> FindAsync(CancellationToken stop) => ValueTask.FromResult(Find());

    public void Dispose()
    {
        lock (gate)
        {
            kept?.Channel.Dispose();
            kept = null;
        }
    }

    private RpcChannel? Find()
    {
        DriverStatus status = driver.Status.Value;
        if (status.Leadership.IsLeader)
        {
            return null;
        }

        ulong leader = status.Leadership.Leader;
        if (leader == 0 || !status.Members.Members.TryGetValue(leader, out Member? member) || leader == driver.RaftId)
        {
            // As SwarmKit says it: agents and managers try again elsewhere.
            throw new RpcException(RpcStatus.Unavailable, "raft: no elected cluster leader");
        }

        lock (gate)
        {
            if (kept is { } old && old.Address != member.Address)
            {
                old.Channel.Dispose();
                kept = null;
            }

            kept ??= (member.Address, RpcChannel.ToNode(member.Address, new RpcChannelOptions
            {
                Tls = () => credentials.ClientOptions(NodeIdentity.ManagerName),
            }));
            return kept.Value.Channel;
        }
    }
}
