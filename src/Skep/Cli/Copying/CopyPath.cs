namespace Skep.Cli.Copying;

/// <summary>Paths as cp reads them: a last "/." means the content, a last "/" claims a directory.</summary>
internal static class CopyPath
{
    public static bool MeansContent(string path) => path == "." || path.EndsWith("/.", StringComparison.Ordinal);

    public static bool ClaimsDirectory(string path) => path.EndsWith('/') || MeansContent(path);

    /// <summary>Absolute and clean, with the last "/" or "/." kept.</summary>
    public static string Absolute(string path)
    {
        string full = Path.GetFullPath(path);
        string clean = full.Length > 1 ? full.TrimEnd('/') : full;
        return MeansContent(path) ? clean.TrimEnd('/') + "/."
            : path.EndsWith('/') && clean != "/" ? clean + "/"
            : clean;
    }

    /// <summary>The directory and the entry in it that a path means; "." for a directory's content.</summary>
    public static (string Directory, string Name) Split(string path)
    {
        string clean = Clean(path);
        if (MeansContent(path))
        {
            return (clean, ".");
        }

        int slash = clean.LastIndexOf('/');
        return slash < 0 ? (".", clean)
            : clean == "/" ? ("/", "/")
            : (slash == 0 ? "/" : clean[..slash], clean[(slash + 1)..]);
    }

    /// <summary>"CONTAINER:PATH", or a path of this machine.</summary>
    public static (string Container, string Path) Parse(string argument)
    {
        int colon = argument.IndexOf(':');
        return argument.StartsWith('/') || argument.StartsWith('.') || colon < 0
            ? ("", argument)
            : (argument[..colon], argument[(colon + 1)..]);
    }

    /// <summary>Where a relative link of a container leads.</summary>
    public static string Join(string directory, string target) =>
        target.StartsWith('/') ? target : Clean($"{directory}/{target}");

    private static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/').Where(part => part is not ("" or ".")))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".." || !path.StartsWith('/'))
            {
                parts.Add(part);
            }
        }

        string joined = string.Join('/', parts);
        return path.StartsWith('/') ? "/" + joined : joined.Length == 0 ? "." : joined;
    }
}
