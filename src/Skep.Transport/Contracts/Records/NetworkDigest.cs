using System.Security.Cryptography;
using Google.Protobuf;
using Skep.Swarm.Networking;

namespace Skep.Transport.Contracts;

/// <summary>By what a node and a manager know that they mean the same state of the networks.</summary>
/// <remarks>
/// A revision alone does not say so: a manager need not have looked at just that one, and after a swarm was restored
/// from a backup the same number stands for something else. The order of the items makes no difference, so nothing
/// has to be sorted.
/// </remarks>
public static class NetworkDigest
{
    /// <summary>Of what a node knows.</summary>
    public static ByteString Of(NetworkState state) => Of(NetworkDelta.Between(NetworkState.Empty, state));

    /// <summary>Of all that a node would be told.</summary>
    public static ByteString Of(NetworkDelta all)
    {
        NetworkNews wire = NetworkNewsWire.ToWire(all);
        var sum = new byte[SHA256.HashSizeInBytes];
        Add(sum, [new PortKey { Published = wire.DataPathPort }], kind: 0);
        Add(sum, wire.Networks, kind: 1);
        Add(sum, wire.Endpoints, kind: 2);
        Add(sum, wire.Services, kind: 3);
        Add(sum, wire.Ports, kind: 4);
        Add(sum, wire.Peers, kind: 5);
        return UnsafeByteOperations.UnsafeWrap(sum);
    }

    private static void Add(Span<byte> sum, IEnumerable<IMessage> items, byte kind)
    {
        Span<byte> one = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (IMessage item in items)
        {
            SHA256.HashData([kind, .. item.ToByteArray()], one);
            for (int index = 0; index < sum.Length; index++)
            {
                sum[index] ^= one[index];
            }
        }
    }
}
