namespace Skep.Cli.Images;

/// <summary>What the CLI itself must know of image references; the daemon judges them in full.</summary>
internal static class ImageName
{
    /// <summary>The name with its tag, "latest" if it has neither tag nor digest.</summary>
    public static string Tagged(string name) => name.Contains('@') || Tag(name) is not null ? name : name + ":latest";

    /// <summary>Null: no tag. A colon before the last slash belongs to a port.</summary>
    public static string? Tag(string name)
    {
        string withoutDigest = name.Split('@')[0];
        int colon = withoutDigest.LastIndexOf(':');
        return colon > withoutDigest.LastIndexOf('/') ? withoutDigest[(colon + 1)..] : null;
    }

    public static string? Digest(string name) => name.IndexOf('@') is >= 0 and int at ? name[(at + 1)..] : null;

    /// <summary>Without tag and digest.</summary>
    public static string Repository(string name)
    {
        string withoutDigest = name.Split('@')[0];
        return Tag(name) is { } tag ? withoutDigest[..^(tag.Length + 1)] : withoutDigest;
    }

    public static string WithoutDigest(string name) => Familiar(name.Split('@')[0]);

    /// <summary>"docker.io/library/x" is "x" to its user.</summary>
    public static string Familiar(string name) =>
        name.StartsWith("docker.io/library/", StringComparison.Ordinal) ? name["docker.io/library/".Length..]
        : name.StartsWith("docker.io/", StringComparison.Ordinal) ? name["docker.io/".Length..]
        : name;

    /// <summary>With registry and namespace: "docker.io/library/x" for "x".</summary>
    public static string Normalized(string name)
    {
        string registry = Client.RegistryAuth.RegistryOf(name);
        if (registry != "docker.io")
        {
            return name;
        }

        string path = name.StartsWith("docker.io/", StringComparison.Ordinal) ? name["docker.io/".Length..] : name;
        return path.Contains('/') ? $"docker.io/{path}" : $"docker.io/library/{path}";
    }

    public static bool IsId(string name) => name.StartsWith("sha256:", StringComparison.Ordinal)
        || (name.Length == 64 && name.All(char.IsAsciiHexDigitLower));

    // Only characters that a repository may have; the daemon knows the rest of the rules.
    private static bool IsPlain(string name)
    {
        string repository = Repository(name);
        string path = PathOf(repository);
        return path.Length > 0 && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/')
            && !repository.StartsWith('-') && !repository.EndsWith('/') && Tag(name) != "";
    }

    /// <summary>Refuses what no daemon takes, in docker's words.</summary>
    public static void Check(string name)
    {
        if (IsId(name))
        {
            return;
        }

        if (Complaint(name) is { } complaint)
        {
            throw new CommandFailedException(complaint);
        }
    }

    /// <returns>What is wrong with the name in docker's words; null: nothing that we see.</returns>
    public static string? Complaint(string name)
    {
        string repository = Repository(name);
        string path = PathOf(repository);
        return !IsPlain(name) ? "invalid reference format"
            : path.Any(char.IsAsciiLetterUpper) ? "invalid reference format: repository name "
                + $"({(repository.Contains('/') ? path : "library/" + path)}) must be lowercase"
            : null;
    }

    // Without the registry's host, which may have a port.
    private static string PathOf(string repository)
    {
        string registry = Client.RegistryAuth.RegistryOf(repository);
        return repository.StartsWith(registry + "/", StringComparison.Ordinal)
            ? repository[(registry.Length + 1)..] : repository;
    }
}
