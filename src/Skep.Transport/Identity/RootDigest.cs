using System.Security.Cryptography;

namespace Skep.Transport.Identity;

/// <summary>SHA-256 of a root bundle's bytes exactly as they are served: what a join token pins.</summary>
/// <remarks>
/// It covers the whole bundle. If it covered one certificate, a man in the middle could add roots of his own.
/// </remarks>
public readonly record struct RootDigest
{
    private readonly string? hex;

    private RootDigest(string hex) => this.hex = hex;

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Hex => hex ?? "";

    public static RootDigest Of(ReadOnlySpan<byte> bundle) => FromHash(SHA256.HashData(bundle));

    public static RootDigest FromHash(ReadOnlySpan<byte> hash)
    {
        Invariant.Holds(hash.Length == SHA256.HashSizeInBytes);
        return new RootDigest(Convert.ToHexStringLower(hash));
    }

    /// <summary>The form the store keeps: "sha256:" and the digits.</summary>
    public override string ToString() => "sha256:" + Hex;
}
