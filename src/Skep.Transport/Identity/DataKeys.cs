using System.Security.Cryptography;

namespace Skep.Transport.Identity;

/// <summary>The keys that a manager's log and snapshots are encrypted with. Null fields: no such key.</summary>
/// <remarks>
/// A rotation in order: the pending key is stored here, then all new segments use it, then a snapshot covers the last
/// entry under the old key, then the pending key becomes the current one and the old is forgotten. A rotation that is
/// asked for meanwhile only sets the mark; many requests make one more rotation.
/// </remarks>
/// <param name="Current">32 bytes.</param>
/// <param name="Pending">32 bytes while a rotation is under way.</param>
/// <param name="NeedsRotation">Another rotation is due after the one under way, or at once if there is none.</param>
public sealed record DataKeys(byte[] Current, byte[]? Pending, bool NeedsRotation)
{
    public static DataKeys New() => new(NewKey(), null, false);

    /// <summary>What it becomes when a rotation may begin: a pending key, and the mark is gone.</summary>
    public DataKeys WithRotationBegun() =>
        NeedsRotation && Pending is null ? this with { Pending = NewKey(), NeedsRotation = false } : this;

    /// <summary>What it becomes when nothing on the disk needs the current key any more.</summary>
    public DataKeys WithRotationDone() => Pending is null ? this : this with { Current = Pending, Pending = null };

    /// <summary>Not the keys: they must not reach a log by accident.</summary>
    public override string ToString() => "data keys";

    private static byte[] NewKey() => RandomNumberGenerator.GetBytes(IdentityLimits.SecretKeyBytes);
}
