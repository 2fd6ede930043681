using System.Security.Cryptography;
using Skep.Swarm;

namespace Skep.Transport.Identity;

/// <summary>The key-encryption key of locked managers: 32 random bytes, shown as <c>SWMKEY-1-BASE64</c>.</summary>
/// <remarks>It is in the store and in the operator's safe, never on a locked manager's disk.</remarks>
public sealed class UnlockKey : IEquatable<UnlockKey>
{
    private const string Prefix = "SWMKEY-1-";

    private readonly byte[] key;

    private UnlockKey(byte[] key) => this.key = key;

    /// <summary>As a person is shown it: a secret. Base64 without padding.</summary>
    public string Text => Prefix + Convert.ToBase64String(key).TrimEnd('=');

    internal ReadOnlySpan<byte> Bytes => key;

    public static UnlockKey New() => new(RandomNumberGenerator.GetBytes(IdentityLimits.SecretKeyBytes));

    /// <summary>The key as the store keeps it; null when it holds none.</summary>
    public static UnlockKey? FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        Invariant.Holds(bytes.Length == IdentityLimits.SecretKeyBytes);
        return new UnlockKey(bytes.ToArray());
    }

    /// <exception cref="RefusedException">It has not the form of a key.</exception>
    public static UnlockKey Parse(string text)
    {
        // 32 bytes are 43 digits of base64 without padding.
        Span<byte> bytes = stackalloc byte[IdentityLimits.SecretKeyBytes];
        bool isKey = text.Length == Prefix.Length + 43
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..] + "=", bytes, out int written)
            && written == bytes.Length;
        if (!isKey)
        {
            throw new RefusedException(ErrorKind.Invalid, "invalid key string");
        }

        var key = new UnlockKey(bytes.ToArray());
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>A copy for the store.</summary>
    public byte[] ToBytes() => (byte[])key.Clone();

    public bool Equals(UnlockKey? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(key, other.key);

    public override bool Equals(object? obj) => Equals(obj as UnlockKey);

    public override int GetHashCode() => BitConverter.ToInt32(SHA256.HashData(key));

    /// <summary>Not the key: it must not reach a log by accident.</summary>
    public override string ToString() => "unlock key";
}
