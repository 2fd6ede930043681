using System.Numerics;

namespace Skep.Raft;

/// <summary>Sizes of protobuf's building blocks.</summary>
internal static class WireSize
{
    /// <summary>Bytes of a base-128 varint: seven bits in each.</summary>
    public static int Varint(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;
}
