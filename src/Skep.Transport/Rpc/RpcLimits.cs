namespace Skep.Transport.Rpc;

/// <summary>Bounds of what a peer may send.</summary>
public static class RpcLimits
{
    /// <summary>Bytes. containerd's own limit for one message is 16 MiB (its defaults package).</summary>
    public const int MessageBytesMax = 16 << 20;

    /// <summary>Bytes a stream may have under way; layers are read in messages of up to 1 MiB.</summary>
    public const int StreamWindowBytes = 2 << 20;
}
