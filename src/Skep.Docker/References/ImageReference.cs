using Skep.Swarm;

namespace Skep.Docker.References;

/// <summary>What an image is called: registry, repository, and a tag or a digest or neither.</summary>
/// <remarks>
/// The grammar and the normalisation are the distribution project's (reference/regexp.go, normalize.go): "busybox"
/// means "docker.io/library/busybox". The familiar form is what users read, the canonical one what is stored.
/// </remarks>
/// <param name="Domain">Registry, with its port when one was written: "docker.io", "127.0.0.1:5000".</param>
/// <param name="Path">Repository inside the registry: "library/busybox".</param>
public sealed record ImageReference(string Domain, string Path, string? Tag, string? Digest)
{
    public const string DefaultDomain = "docker.io";
    public const string DefaultTag = "latest";

    private const string LegacyDefaultDomain = "index.docker.io";
    private const string OfficialPrefix = "library/";
    private const string InvalidFormat = "invalid reference format";

    /// <summary>"docker.io/library/busybox".</summary>
    public string Name => Domain + "/" + Path;

    /// <summary>"busybox".</summary>
    public string FamiliarName
    {
        get
        {
            if (Domain != DefaultDomain)
            {
                return Name;
            }

            bool official = Path.StartsWith(OfficialPrefix, StringComparison.Ordinal)
                && !Path.AsSpan(OfficialPrefix.Length).Contains('/');
            return official ? Path[OfficialPrefix.Length..] : Path;
        }
    }

    /// <summary>"busybox:latest": as users read it.</summary>
    public string Familiar => FamiliarName + Suffix;

    /// <summary>A reference by tag, with "latest" where neither tag nor digest was given.</summary>
    public ImageReference WithDefaultTag() => Tag is null && Digest is null ? this with { Tag = DefaultTag } : this;

    /// <summary>The digest decides where there are both.</summary>
    public ImageReference WithOneTarget() => Digest is null ? WithDefaultTag() : this with { Tag = null };

    /// <summary>"docker.io/library/busybox:latest": as it is stored.</summary>
    public override string ToString() => Name + Suffix;

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    /// <exception cref="RefusedException">The text is no reference; the message is Docker's.</exception>
    public static ImageReference Parse(string text)
    {
        if (ReferenceGrammar.Identifier().IsMatch(text))
        {
            throw Invalid($"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings");
        }

        (string domain, string remainder) = SplitDomain(text);
        int separator = remainder.IndexOf(':');
        string remote = separator < 0 ? remainder : remainder[..separator];
        if (remote.Any(char.IsUpper))
        {
            throw Invalid($"{InvalidFormat}: repository name ({remote}) must be lowercase");
        }

        if (text.Length > ReferenceGrammar.TextLengthMax)
        {
            throw NameTooLong();
        }

        var match = ReferenceGrammar.Reference().Match(domain + "/" + remainder);
        if (!match.Success)
        {
            throw Invalid(InvalidFormat);
        }

        string? digest = match.Groups["digest"] is { Success: true } found ? found.Value : null;
        if (digest is not null)
        {
            ContentDigest.Check(digest);
        }

        string path = match.Groups["path"].Value;
        if (path.Length > ReferenceGrammar.NameLengthMax)
        {
            throw NameTooLong();
        }

        string? tag = match.Groups["tag"] is { Success: true } written ? written.Value : null;
        return new ImageReference(match.Groups["domain"].Value, path, tag, digest);
    }

    /// <summary>For text that may as well be something else, an image id for one.</summary>
    public static ImageReference? TryParse(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    /// <summary>
    /// A reference from the two parameters with which the Engine API gives it: name, and tag or digest.
    /// </summary>
    public static ImageReference Parse(string name, string? tagOrDigest)
    {
        ImageReference reference = Parse(name);
        if (string.IsNullOrEmpty(tagOrDigest))
        {
            return reference;
        }

        if (tagOrDigest.Contains(':'))
        {
            ContentDigest.Check(tagOrDigest);
            return reference with { Tag = null, Digest = tagOrDigest };
        }

        return ReferenceGrammar.Tag().IsMatch(tagOrDigest)
            ? reference with { Tag = tagOrDigest, Digest = null }
            : throw Invalid("invalid tag format");
    }

    private static (string Domain, string Remainder) SplitDomain(string text)
    {
        int slash = text.IndexOf('/');
        if (slash < 0)
        {
            return (DefaultDomain, OfficialPrefix + text);
        }

        string first = text[..slash];
        string rest = text[(slash + 1)..];
        string domain = first == LegacyDefaultDomain ? DefaultDomain : first;
        if (domain != DefaultDomain && first != "localhost" && !first.AsSpan().ContainsAny('.', ':')
            && !first.Any(char.IsUpper))
        {
            (domain, rest) = (DefaultDomain, text);
        }

        return (domain, domain == DefaultDomain && !rest.Contains('/') ? OfficialPrefix + rest : rest);
    }

    private static RefusedException NameTooLong() =>
        Invalid($"repository name must not be more than {ReferenceGrammar.NameLengthMax} characters");

    private static RefusedException Invalid(string message) => new(ErrorKind.Invalid, message);
}
