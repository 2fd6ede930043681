using System.Security.Cryptography;
using Skep.Transport.Identity;

namespace Skep.Manager.Storage;

/// <summary>A node's key for its log and snapshots: files are encrypted with keys that are made from it.</summary>
/// <remarks>
/// Every segment and snapshot has a random salt of its own and so a key of its own, in which a counter is safe as
/// nonce: a log that is cut after a crash and written again never uses one twice.
/// </remarks>
public sealed class DataKey
{
    public const int Bytes = 32;

    private readonly byte[] secret;

    public DataKey(ReadOnlySpan<byte> secret)
    {
        Invariant.Holds(secret.Length == Bytes);
        this.secret = secret.ToArray();
        Span<byte> mark = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(this.secret, "skep data key"u8, mark);
        Id = BitConverter.ToUInt64(mark);
    }

    /// <summary>Tells keys apart in files and messages; says nothing of the key.</summary>
    public ulong Id { get; }

    public static DataKey Create() => new(RandomNumberGenerator.GetBytes(Bytes));

    public override string ToString() => $"data key {Id:x16}";

    /// <param name="place">What is encrypted: bytes moved to another place do not decrypt there.</param>
    internal AesGcm Derive(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> place)
    {
        Span<byte> derived = stackalloc byte[Bytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, derived, salt, place);
        var cipher = new AesGcm(derived, AesGcm.TagByteSizes.MaxSize);
        CryptographicOperations.ZeroMemory(derived);
        return cipher;
    }
}

/// <summary>The keys a node holds: one to write with and, while it changes, the one before to read with.</summary>
/// <param name="Newest">What is written from now on.</param>
/// <param name="Older">Null unless a rotation is under way: files of before may still need it.</param>
public sealed record StorageKeys(DataKey Newest, DataKey? Older)
{
    public StorageKeys(DataKey only)
        : this(only, null)
    {
    }

    /// <summary>The keys of a node's key file: the pending one, if there is one, is written with.</summary>
    public static StorageKeys Of(DataKeys keys) => keys.Pending is null
        ? new StorageKeys(new DataKey(keys.Current))
        : new StorageKeys(new DataKey(keys.Pending), new DataKey(keys.Current));

    internal DataKey? Find(ulong id) => id == Newest.Id ? Newest : id == Older?.Id ? Older : null;
}
