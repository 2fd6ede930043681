using Skep.Swarm.Decisions;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Clusters;

/// <summary>Gives the swarm the keys by which Docker's nodes protect their own network traffic.</summary>
/// <remarks>
/// Ours has no use for them; a Docker worker does not start its overlays without, and finds them here.
/// </remarks>
/// <param name="newKey">Fills a key from the system's generator, where all keys come from.</param>
public sealed class NetworkKeys(FillBytes newKey)
{
    /// <summary>Keys per subsystem, the oldest going out as a new one comes in (SwarmKit keymanager.go).</summary>
    private const int RingSize = 3;

    private const int KeyBytes = 16;

    /// <summary>
    /// The clock starts somewhere below this, so that two swarms' keys are not mistaken for each other's.
    /// </summary>
    private const int ClockStartMax = 65_536;

    private static readonly string[] Subsystems = ["networking:gossip", "networking:ipsec"];

    public Plan Decide(StoreSnapshot cluster, DateTimeOffset now, IdSource ids)
    {
        if (cluster.Cluster is not { NetworkBootstrapKeys.IsEmpty: true } swarm)
        {
            return Plan.Nothing;
        }
        ulong clock = (ulong)ids.NewNumber(ClockStartMax);
        var keys = new List<EncryptionKey>();
        foreach (string subsystem in Subsystems)
        {
            for (int count = 0; count < RingSize; count++)
            {
                byte[] key = new byte[KeyBytes];
                newKey(key);
                keys.Add(new() { Subsystem = subsystem, Key = Bytes.Owning(key), LamportTime = ++clock });
            }
        }
        return new(
            [
                Change.Update(swarm with
                {
                    NetworkBootstrapKeys = ValueList.From(keys),
                    EncryptionKeyLamportClock = clock,
                }),
            ],
            null);
    }
}
