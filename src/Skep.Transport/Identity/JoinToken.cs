using System.Security.Cryptography;
using System.Text;
using Skep.Swarm;

namespace Skep.Transport.Identity;

/// <summary>
/// What lets a stranger join: the digest that pins the swarm's root, and a secret that names the role.
/// </summary>
/// <remarks>
/// <c>SWMTKN-1-DIGEST-SECRET</c>: SHA-256 of the root bundle in 50 base-36 digits, then 16 random bytes in 25.
/// Version 2 puts a flag in front of them, 1 for swarms that demand FIPS mode. Those are refused: we cannot promise it.
/// </remarks>
public sealed class JoinToken
{
    private const int DigestCharacters = 50;
    private const int SecretCharacters = 25;

    private JoinToken(RootDigest root, string text)
    {
        Root = root;
        Text = text;
    }

    /// <summary>Digest of the root bundle the swarm must show.</summary>
    public RootDigest Root { get; }

    /// <summary>The whole token: a secret.</summary>
    public string Text { get; }

    public static JoinToken New(RootDigest root)
    {
        Span<byte> secret = stackalloc byte[IdentityLimits.TokenSecretBytes];
        RandomNumberGenerator.Fill(secret);
        string digest = Base36.Encode(Convert.FromHexString(root.Hex), DigestCharacters);
        string text = $"SWMTKN-1-{digest}-{Base36.Encode(secret, SecretCharacters)}";
        CryptographicOperations.ZeroMemory(secret);
        return new JoinToken(root, text);
    }

    /// <exception cref="RefusedException">It is not a token, or one of a swarm that demands FIPS mode.</exception>
    public static JoinToken Parse(string text)
    {
        // The length is known, so that a megabyte of dashes is not even split.
        int dashCount = text.StartsWith("SWMTKN-2-", StringComparison.Ordinal) ? 5 : 4;
        int lengthMax = "SWMTKN-2-1-".Length + DigestCharacters + 1 + SecretCharacters;
        string[] parts = text.Length <= lengthMax ? text.Split('-') : [];
        bool isShaped = parts.Length == dashCount && parts[0] == "SWMTKN" && (parts[1], parts[2]) switch
        {
            ("1", _) => true,
            ("2", "0" or "1") => true,
            _ => false,
        };
        if (!isShaped || parts[^2].Length != DigestCharacters || parts[^1].Length != SecretCharacters)
        {
            throw Invalid();
        }

        if (parts[1] == "2" && parts[2] == "1")
        {
            throw new RefusedException(
                ErrorKind.Unsupported, "node is not FIPS-enabled but cluster requires FIPS");
        }

        byte[] hash = Base36.Decode(parts[^2], SHA256.HashSizeInBytes) ?? throw Invalid();
        _ = Base36.Decode(parts[^1], IdentityLimits.TokenSecretBytes) ?? throw Invalid();
        return new JoinToken(RootDigest.FromHash(hash), text);
    }

    /// <summary>Whether a stranger's token is this one, in a time that does not tell where they differ.</summary>
    public static bool IsSame(string expected, string given) =>
        expected.Length > 0
        && given.Length == expected.Length
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));

    /// <summary>Not the token: it must not reach a log by accident.</summary>
    public override string ToString() => "join token";

    private static RefusedException Invalid() => new(ErrorKind.Invalid, "invalid join token");
}
