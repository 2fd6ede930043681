using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Skep.Transport.Identity;

/// <summary>The layout of the key file.</summary>
/// <remarks>
/// <code>
/// -----BEGIN SKEP NODE KEYS-----
/// skep-key-file: 1
/// lock: none | aes-256-gcm
/// lock-version: 12
///
/// BODY in base64
/// -----END SKEP NODE KEYS-----
/// -----BEGIN CERTIFICATE-----        the node's chain, as it was issued
/// -----BEGIN SKEP SWARM ROOTS-----   the root bundle, byte for byte
/// </code>
/// BODY is salt(16) nonce(12) tag(16) sealed(…) when locked, else sha256(32) plain(…). The sealing key is HKDF-SHA256
/// of
/// unlock key and salt, fresh for each write. Everything outside BODY is authenticated with it, so that neither the
/// certificates nor the roots of a locked manager can be exchanged without its unlock key.
/// plain: the fields tag(1) length(4, little-endian) bytes: 1 TLS key (PKCS#8), 2 current data key, 3 pending data key,
/// 4 (empty) a rotation of the data key is due. Each at most once, in this order, nothing behind them.
/// </remarks>
internal static class KeyFileFormat
{
    private const string Begin = "-----BEGIN SKEP NODE KEYS-----\n";
    private const string End = "-----END SKEP NODE KEYS-----\n";
    private const string RootsLabel = "SKEP SWARM ROOTS";
    private const string Sealed = "aes-256-gcm";
    private const string Unsealed = "none";
    private const byte TlsKeyTag = 1;
    private const byte CurrentTag = 2;
    private const byte PendingTag = 3;
    private const byte RotationTag = 4;

    public static byte[] Write(NodeKeys keys)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{Begin}skep-key-file: 1\nlock: {(keys.Lock is null ? Unsealed : Sealed)}\n"
                + $"lock-version: {keys.LockVersion}\n\n");
        string tail = End
            + Encoding.ASCII.GetString(Pem.Normalize(keys.Certificate.ChainPem.Span))
            + PemEncoding.WriteString(RootsLabel, keys.Trust.Bundle.Span) + "\n";
        byte[] plain = WriteFields(keys);
        byte[] body = KeyFileSeal.Close(plain, keys.Lock, Encoding.ASCII.GetBytes(head + tail));
        CryptographicOperations.ZeroMemory(plain);
        string text = Convert.ToBase64String(body, Base64FormattingOptions.InsertLineBreaks).Replace("\r", "");
        return Encoding.ASCII.GetBytes(head + text + "\n" + tail);
    }

    public static bool IsLocked(ReadOnlySpan<byte> content) => Split(content).Lock == Sealed;

    /// <summary>Null when the unlock key does not open it.</summary>
    public static NodeKeys? TryRead(ReadOnlySpan<byte> content, UnlockKey? unlockKey)
    {
        Parts parts = Split(content);
        byte[]? plain = KeyFileSeal.Open(parts.Body, unlockKey, Encoding.ASCII.GetBytes(parts.Head + parts.Tail));
        if (plain is null)
        {
            return null;
        }

        try
        {
            return ReadFields(plain, parts, unlockKey);
        }
        catch (Exception e) when (e is BadCertificateException or CryptographicException)
        {
            throw Damaged(e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public static NodeKeys Read(ReadOnlySpan<byte> content, UnlockKey? unlockKey) =>
        TryRead(content, unlockKey) ?? throw Damaged(null);

    private static Parts Split(ReadOnlySpan<byte> content)
    {
        if (content.Length > IdentityLimits.KeyFileBytesMax)
        {
            throw Damaged(null);
        }

        string text = Encoding.ASCII.GetString(content);
        int headEnd = text.IndexOf("\n\n", StringComparison.Ordinal) + 2;
        int bodyEnd = text.IndexOf(End, StringComparison.Ordinal);
        if (!text.StartsWith(Begin, StringComparison.Ordinal) || headEnd < 2 || bodyEnd < headEnd)
        {
            throw Damaged(null);
        }

        string head = text[..headEnd];
        string[] lines = head[Begin.Length..].TrimEnd('\n').Split('\n');
        if (lines is not ["skep-key-file: 1", var sealing, var version]
            || sealing is not ("lock: " + Sealed or "lock: " + Unsealed)
            || !version.StartsWith("lock-version: ", StringComparison.Ordinal)
            || !ulong.TryParse(version["lock-version: ".Length..], CultureInfo.InvariantCulture, out ulong number))
        {
            throw Damaged(null);
        }

        try
        {
            byte[] body = Convert.FromBase64String(text[headEnd..bodyEnd]);
            return new Parts(head, sealing["lock: ".Length..], number, body, text[bodyEnd..]);
        }
        catch (FormatException e)
        {
            throw Damaged(e);
        }
    }

    private static byte[] WriteFields(NodeKeys keys)
    {
        byte[] tlsKey = keys.Certificate.ExportKey();
        var fields = new List<(byte Tag, byte[] Value)> { (TlsKeyTag, tlsKey) };
        if (keys.DataKeys is { } data)
        {
            fields.Add((CurrentTag, data.Current));
            if (data.Pending is { } pending)
            {
                fields.Add((PendingTag, pending));
            }

            if (data.NeedsRotation)
            {
                fields.Add((RotationTag, []));
            }
        }

        var plain = new byte[fields.Sum(field => 5 + field.Value.Length)];
        int at = 0;
        foreach ((byte tag, byte[] value) in fields)
        {
            plain[at] = tag;
            BinaryPrimitives.WriteInt32LittleEndian(plain.AsSpan(at + 1), value.Length);
            value.CopyTo(plain, at + 5);
            at += 5 + value.Length;
        }

        CryptographicOperations.ZeroMemory(tlsKey);
        return plain;
    }

    private static NodeKeys ReadFields(ReadOnlySpan<byte> plain, Parts parts, UnlockKey? unlockKey)
    {
        var fields = new Dictionary<byte, byte[]>();
        byte last = 0;
        while (!plain.IsEmpty)
        {
            int length = plain.Length < 5 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(plain[1..]);
            if (length < 0 || length > plain.Length - 5 || plain[0] <= last || plain[0] > RotationTag)
            {
                throw Damaged(null);
            }

            last = plain[0];
            fields.Add(last, plain.Slice(5, length).ToArray());
            plain = plain[(5 + length)..];
        }

        // The chain's own blocks end where the roots' begin.
        int roots = parts.Tail.IndexOf("-----BEGIN " + RootsLabel, StringComparison.Ordinal);
        if (roots < 0 || !fields.Remove(TlsKeyTag, out byte[]? tlsKey))
        {
            throw Damaged(null);
        }

        using NodeKey key = NodeKey.Import(tlsKey);
        CryptographicOperations.ZeroMemory(tlsKey);
        NodeCertificate certificate =
            NodeCertificate.Load(Encoding.ASCII.GetBytes(parts.Tail[End.Length..roots]), key);
        RootTrust trust = RootTrust.Parse(Pem.ReadBlocks(Encoding.ASCII.GetBytes(parts.Tail[roots..]))[0].Der);
        DataKeys? data = fields.TryGetValue(CurrentTag, out byte[]? current)
            ? new DataKeys(current, fields.GetValueOrDefault(PendingTag), fields.ContainsKey(RotationTag))
            : null;
        if (data is null && fields.Count > 0)
        {
            throw Damaged(null);
        }

        return new NodeKeys(certificate, trust, data, unlockKey, parts.LockVersion);
    }

    private static BadKeyFileException Damaged(Exception? inner) =>
        new("the file with this node's keys is damaged", inner);

    private sealed record Parts(string Head, string Lock, ulong LockVersion, byte[] Body, string Tail);
}
