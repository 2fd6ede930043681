using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Skep.Swarm;

namespace Skep.Manager.Backup;

/// <summary>Bytes that only the holder of a passphrase can read, and nobody can change unseen.</summary>
/// <remarks>
/// The layout, all numbers big endian:
/// <code>
///   8 bytes   "SKEPBAK1"
///   4 bytes   rounds of PBKDF2 with SHA-512
///  16 bytes   salt
///   pieces:   4 bytes  length n of the plain piece, highest bit set on the last one
///             n bytes  AES-256-GCM
///            16 bytes  tag
/// </code>
/// The nonce of piece i is i, for the key is used for one file only. The associated data of each piece is its length
/// field and the whole header, so that pieces cannot be moved, cut off, or taken from another file.
/// </remarks>
public static class SealedFile
{
    private const int SaltBytes = 16, KeyBytes = 32, TagBytes = 16, NonceBytes = 12, HeaderBytes = 8 + 4 + SaltBytes;
    private const uint LastPiece = 0x8000_0000;
    private static readonly byte[] Magic = "SKEPBAK1"u8.ToArray();

    /// <summary>Writes all of the content. The caller makes it durable.</summary>
    public static Task WriteAsync(
        Stream target, ReadOnlyMemory<byte> content, string passphrase, CancellationToken stop) =>
        WriteAsync(target, content, passphrase, BackupLimits.KeyRounds, stop);

    /// <remarks>Tests take few rounds: a real number of them costs most of a second each time.</remarks>
    internal static async Task WriteAsync(
        Stream target, ReadOnlyMemory<byte> content, string passphrase, uint rounds, CancellationToken stop)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header, 0);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), rounds);
        RandomNumberGenerator.Fill(header.AsSpan(12, SaltBytes));
        await target.WriteAsync(header, stop);

        using AesGcm cipher = Cipher(header, passphrase, rounds);
        ulong piece = 0;
        for (int at = 0; ; piece++)
        {
            int count = Math.Min(BackupLimits.PieceBytes, content.Length - at);
            bool isLast = at + count == content.Length;
            byte[] box = Seal(cipher, header, piece, content.Span.Slice(at, count), isLast);
            await target.WriteAsync(box, stop);
            at += count;
            if (isLast)
            {
                return;
            }
        }
    }

    /// <exception cref="RefusedException">The passphrase is wrong, or the file is not whole.</exception>
    public static async Task<byte[]> ReadAsync(Stream source, string passphrase, CancellationToken stop)
    {
        var header = new byte[HeaderBytes];
        if (await source.ReadAtLeastAsync(header, HeaderBytes, false, stop) < HeaderBytes ||
            !header.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new RefusedException(ErrorKind.Invalid, "this is not a backup of a swarm");
        }

        uint rounds = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
        if (rounds is 0 or > BackupLimits.KeyRoundsMax)
        {
            throw Damaged();
        }

        using AesGcm cipher = Cipher(header, passphrase, rounds);
        using var content = new MemoryStream();
        for (ulong piece = 0; ; piece++)
        {
            (byte[] plain, bool isLast) = await OpenAsync(source, cipher, header, piece, stop);
            content.Write(plain);
            if (content.Length > BackupLimits.ContentBytesMax)
            {
                throw new RefusedException(
                    ErrorKind.Invalid, $"the backup holds more than {BackupLimits.ContentBytesMax} bytes");
            }

            if (isLast)
            {
                return await source.ReadAsync(new byte[1], stop) == 0 ? content.ToArray() : throw Damaged();
            }
        }
    }

    private static byte[] Seal(AesGcm cipher, byte[] header, ulong piece, ReadOnlySpan<byte> plain, bool isLast)
    {
        var box = new byte[4 + plain.Length + TagBytes];
        BinaryPrimitives.WriteUInt32BigEndian(box, (uint)plain.Length | (isLast ? LastPiece : 0));
        cipher.Encrypt(
            Nonce(piece), plain, box.AsSpan(4, plain.Length), box.AsSpan(4 + plain.Length), [.. box[..4], .. header]);
        return box;
    }

    private static async Task<(byte[] Plain, bool IsLast)> OpenAsync(
        Stream source, AesGcm cipher, byte[] header, ulong piece, CancellationToken stop)
    {
        var length = new byte[4];
        await FillAsync(source, length, stop);
        uint field = BinaryPrimitives.ReadUInt32BigEndian(length);
        uint count = field & ~LastPiece;
        if (count > BackupLimits.PieceBytes)
        {
            throw Damaged();
        }

        var box = new byte[count + TagBytes];
        await FillAsync(source, box, stop);
        var plain = new byte[count];
        try
        {
            cipher.Decrypt(
                Nonce(piece), box.AsSpan(0, (int)count), box.AsSpan((int)count), plain, [.. length, .. header]);
        }
        catch (AuthenticationTagMismatchException e) when (piece == 0)
        {
            throw new RefusedException(
                ErrorKind.Unauthorized,
                "the backup cannot be opened: the passphrase is wrong or the file is damaged",
                e);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged();
        }

        return (plain, (field & LastPiece) != 0);
    }

    private static async Task FillAsync(Stream source, byte[] buffer, CancellationToken stop)
    {
        if (await source.ReadAtLeastAsync(buffer, buffer.Length, false, stop) < buffer.Length)
        {
            throw Damaged();
        }
    }

    private static AesGcm Cipher(byte[] header, string passphrase, uint rounds)
    {
        byte[] secret = Encoding.UTF8.GetBytes(passphrase);
        byte[] key = Rfc2898DeriveBytes.Pbkdf2(
            secret, header.AsSpan(12, SaltBytes), (int)rounds, HashAlgorithmName.SHA512, KeyBytes);
        try
        {
            return new AesGcm(key, TagBytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static byte[] Nonce(ulong piece)
    {
        var nonce = new byte[NonceBytes];
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(4), piece);
        return nonce;
    }

    private static RefusedException Damaged() => new(ErrorKind.Invalid, "the backup is damaged or cut short");
}
