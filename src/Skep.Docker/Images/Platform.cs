using System.Text.Json.Serialization;
using Skep.Swarm;

namespace Skep.Docker.Images;

/// <summary>What an image runs on.</summary>
public sealed record Platform
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = "";

    [JsonPropertyName("os")]
    public string Os { get; init; } = "";

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    /// <summary>"linux/arm64/v8".</summary>
    public override string ToString() =>
        Os + "/" + Architecture + (string.IsNullOrEmpty(Variant) ? "" : "/" + Variant);

    /// <summary>Reads "linux/arm64", "linux/arm/v7" or "amd64" (then the operating system is Linux).</summary>
    public static Platform Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length > 3 || parts.Any(part => part.Length == 0 || part.Any(c => !IsPlatformCharacter(c))))
        {
            throw new RefusedException(
                ErrorKind.Invalid, $"\"{text}\": unknown operating system or architecture: invalid argument");
        }

        return (parts.Length == 1
            ? new Platform { Os = "linux", Architecture = parts[0] }
            : new Platform { Os = parts[0], Architecture = parts[1], Variant = parts.Length == 3 ? parts[2] : null })
            .Normalized();
    }

    /// <summary>The same platform by its one usual name (containerd's platforms package).</summary>
    public Platform Normalized()
    {
        (string architecture, string? variant) = (Architecture.ToLowerInvariant(), Variant?.ToLowerInvariant()) switch
        {
            ("x86_64" or "x86-64" or "amd64", "v1") => ("amd64", null),
            ("x86_64" or "x86-64", var v) => ("amd64", v),
            ("i386" or "i486" or "i686", _) => ("386", null),
            ("aarch64" or "arm64", "8" or "v8") => ("arm64", null),
            ("aarch64", var v) => ("arm64", v),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", null or "" or "7") => ("arm", "v7"),
            ("arm", "5" or "6" or "8") => ("arm", "v" + Variant),
            var (a, v) => (a, v),
        };
        return this with
        {
            Os = Os.ToLowerInvariant() is "macos" ? "darwin" : Os.ToLowerInvariant(),
            Architecture = architecture,
            Variant = string.IsNullOrEmpty(variant) ? null : variant,
        };
    }

    /// <summary>How well this machine's platform runs an image: higher is better, null: not at all.</summary>
    public int? Rank(Platform image)
    {
        Platform wanted = Normalized();
        Platform offered = image.Normalized();
        if (offered.Os != wanted.Os)
        {
            return null;
        }

        if (offered.Architecture == wanted.Architecture)
        {
            return VariantRank(wanted, offered);
        }

        // A 64-bit ARM runs 32-bit code where nothing better is offered, and amd64 runs 386 likewise.
        return (wanted.Architecture, offered.Architecture) switch
        {
            ("arm64", "arm") => VariantNumber(offered) - 100,
            _ => null,
        };
    }

    private static int? VariantRank(Platform wanted, Platform offered)
    {
        if (wanted.Variant == offered.Variant)
        {
            return 100;
        }

        int want = VariantNumber(wanted), offer = VariantNumber(offered);
        return offer <= want ? offer : null;
    }

    private static int VariantNumber(Platform platform)
    {
        int baseline = platform.Architecture switch { "arm64" => 8, "arm" => 7, _ => 1 };
        return platform.Variant is ['v', .. var digits] && int.TryParse(digits, out int number) ? number : baseline;
    }

    private static bool IsPlatformCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';
}
