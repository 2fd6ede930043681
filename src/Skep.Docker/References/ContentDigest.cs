using Skep.Swarm;

namespace Skep.Docker.References;

/// <summary>The text form of digests: "sha256:" or "sha512:" and lower-case hexadecimal digits, nothing else.</summary>
/// <remarks>
/// A digest becomes part of paths and URLs, so that whatever comes from outside is checked here first.
/// </remarks>
public static class ContentDigest
{
    private const string Sha256 = "sha256:";
    private const string Sha512 = "sha512:";

    public static bool IsValid(string? text) => text is not null && Fault(text) is null;

    /// <exception cref="RefusedException">Not a digest that this program trusts.</exception>
    public static void Check(string text)
    {
        if (Fault(text) is { } fault)
        {
            throw new RefusedException(ErrorKind.Invalid, fault);
        }
    }

    /// <summary>The twelve digits that Docker shows of a digest or an id.</summary>
    public static string Short(string digestOrId)
    {
        string hex = Hex(digestOrId);
        return hex.Length > 12 ? hex[..12] : hex;
    }

    /// <summary>The digits without the algorithm.</summary>
    public static string Hex(string digest) => digest[(digest.IndexOf(':') + 1)..];

    private static string? Fault(string text)
    {
        int digits = text.StartsWith(Sha256, StringComparison.Ordinal) ? 64
            : text.StartsWith(Sha512, StringComparison.Ordinal) ? 128
            : 0;
        if (digits == 0)
        {
            return text.Contains(':') ? "unsupported digest algorithm" : "invalid checksum digest format";
        }

        ReadOnlySpan<char> hex = text.AsSpan(Sha256.Length);
        if (hex.Length != digits)
        {
            return "invalid checksum digest length";
        }

        return hex.ContainsAnyExcept("0123456789abcdef") ? "invalid checksum digest format" : null;
    }
}
