using System.Security.Cryptography;

namespace Skep.Transport.Identity;

/// <summary>
/// Closes and opens the body of the key file: encrypted under an unlock key, or with a checksum alone.
/// </summary>
internal static class KeyFileSeal
{
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <param name="beside">What stands beside the body in the file, and is protected with it.</param>
    public static byte[] Close(ReadOnlySpan<byte> plain, UnlockKey? unlockKey, ReadOnlySpan<byte> beside)
    {
        if (unlockKey is null)
        {
            return [.. Checksum(plain, beside), .. plain];
        }

        var body = new byte[SaltBytes + NonceBytes + TagBytes + plain.Length];
        Span<byte> head = body.AsSpan(0, SaltBytes + NonceBytes);
        RandomNumberGenerator.Fill(head);
        using AesGcm cipher = CipherOf(unlockKey, head[..SaltBytes]);
        cipher.Encrypt(
            head[SaltBytes..],
            plain,
            body.AsSpan(head.Length + TagBytes),
            body.AsSpan(head.Length, TagBytes),
            beside);
        return body;
    }

    /// <summary>Null when the key is wrong, or a bit of the file has changed: the two look the same.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> body, UnlockKey? unlockKey, ReadOnlySpan<byte> beside)
    {
        if (unlockKey is null)
        {
            return body.Length >= SHA256.HashSizeInBytes
                && body[..SHA256.HashSizeInBytes].SequenceEqual(Checksum(body[SHA256.HashSizeInBytes..], beside))
                    ? body[SHA256.HashSizeInBytes..].ToArray()
                    : null;
        }

        const int headBytes = SaltBytes + NonceBytes;
        if (body.Length < headBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[body.Length - headBytes - TagBytes];
        using AesGcm cipher = CipherOf(unlockKey, body[..SaltBytes]);
        try
        {
            cipher.Decrypt(
                body[SaltBytes..headBytes],
                body[(headBytes + TagBytes)..],
                body.Slice(headBytes, TagBytes),
                plain,
                beside);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static AesGcm CipherOf(UnlockKey unlockKey, ReadOnlySpan<byte> salt)
    {
        Span<byte> key = stackalloc byte[IdentityLimits.SecretKeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, unlockKey.Bytes, key, salt, "skep node keys 1"u8);
        var cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    private static byte[] Checksum(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> beside)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(beside);
        hash.AppendData(plain);
        return hash.GetHashAndReset();
    }
}
