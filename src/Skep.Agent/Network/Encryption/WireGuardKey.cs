using System.Security.Cryptography;
using System.Text;
using Skep.Linux.Files;

namespace Skep.Agent.Network.Encryption;

/// <summary>The key of this node's encrypted link, and the next one while others are told of it.</summary>
/// <remarks>
/// A new key is offered to the managers first, and used from the moment they tell this node of it as its own: in that
/// moment the other nodes hear of it as well. So nothing is lost for longer than some of them hear of it later than
/// others, and without managers everything stays as it is. The next key is in memory only: a daemon that dies before
/// it is used offers the old one again. Not thread-safe, but for <see cref="Offered"/>.
/// </remarks>
internal sealed class WireGuardKey(string path, TimeProvider time)
{
    private const int WordDigits = 16;

    private byte[]? next;

    // A digest of the word that was heeded last. Null: none was heard since the key was made, which answers any.
    private string? word;
    private volatile string offered = "";

    /// <summary>Null: this node has none.</summary>
    public byte[]? Secret { get; private set; }

    /// <summary>The public half that managers are to know, in base64; empty: this node has none.</summary>
    public string Offered => offered;

    /// <summary>As old as a key may get, or older.</summary>
    public bool IsOld =>
        Secret is not null && time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) >= EncryptionLimits.KeyLife;

    /// <summary>Takes the key of the disk.</summary>
    /// <returns>False: there is none.</returns>
    public bool TryLoad()
    {
        if (!File.Exists(path) || new FileInfo(path).Length > EncryptionLimits.KeyFileBytes)
        {
            return false;
        }

        string[] lines = File.ReadAllLines(path);
        Span<byte> key = stackalloc byte[Curve25519.KeyBytes];
        if (lines.Length == 0 || !Convert.TryFromBase64String(lines[0].Trim(), key, out int count)
            || count != key.Length)
        {
            return false;
        }

        Use(key.ToArray());
        word = lines.Length > 1 ? lines[1] : "";
        return true;
    }

    /// <summary>Makes one that is used at once: nobody knows of another.</summary>
    public void Make()
    {
        byte[] made = NewKey();
        Write(made, "");
        Use(made);
        word = null;
    }

    /// <summary>Makes the next one, if none is on its way.</summary>
    public void Renew()
    {
        if (next is null)
        {
            Replace(offered);
        }
    }

    /// <summary>Makes the next one if this is what is offered: another node has it.</summary>
    public void Replace(string refused)
    {
        if (Secret is not null && offered == refused)
        {
            next = NewKey();
            offered = PublicOf(next);
        }
    }

    /// <summary>Makes the next one if this is another word than the last; nothing is asked with an empty one.</summary>
    public void Heed(string asked)
    {
        string digest = asked.Length == 0
            ? ""
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(asked)))[..WordDigits];
        if (Secret is null || digest == word)
        {
            return;
        }

        string before = word ?? "";
        bool isAsked = word is not null && digest.Length > 0;
        word = digest;
        if (isAsked)
        {
            Renew();
        }
        else if (digest != before)
        {
            Write(Secret, digest);
        }
    }

    /// <summary>Goes over to the next key if that is the one that this node is known by.</summary>
    /// <param name="told">What managers say is this node's public key.</param>
    /// <returns>True: another key is in use from now on.</returns>
    public bool Take(string told)
    {
        if (next is null || told != offered)
        {
            return false;
        }

        Write(next, word ?? "");
        Use(next);
        return true;
    }

    /// <summary>No error if there is no file.</summary>
    public void Delete() => File.Delete(path);

    private static byte[] NewKey() => Curve25519.Clamp(RandomNumberGenerator.GetBytes(Curve25519.KeyBytes));

    private static string PublicOf(byte[] key) => Convert.ToBase64String(Curve25519.PublicOf(key));

    private void Use(byte[] key)
    {
        Secret = key;
        (next, offered) = (null, PublicOf(key));
    }

    private void Write(byte[] key, string heeded)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.Replace(
            path,
            Encoding.ASCII.GetBytes($"{Convert.ToBase64String(key)}\n{heeded}\n"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
