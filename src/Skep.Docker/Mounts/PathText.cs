namespace Skep.Docker.Mounts;

/// <summary>Paths of a container as text only, as Go's package path sees them.</summary>
public static class PathText
{
    /// <summary>Without empty parts, "." and what ".." takes back; ".." never climbs over the root.</summary>
    public static string Clean(string path)
    {
        bool isAbsolute = path.StartsWith('/');
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0 && parts[^1] != "..")
                {
                    parts.RemoveAt(parts.Count - 1);
                }
                else if (!isAbsolute)
                {
                    parts.Add(part);
                }
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        string joined = string.Join('/', parts);
        return isAbsolute ? "/" + joined : joined.Length > 0 ? joined : ".";
    }

    /// <summary>Whether a relative path stays where it starts.</summary>
    public static bool IsLocal(string path) =>
        path.Length > 0 && !path.StartsWith('/') && Clean(path) is var clean
        && clean != ".." && !clean.StartsWith("../", StringComparison.Ordinal);

    /// <summary>Whether a clean absolute path is a directory or something in it.</summary>
    public static bool IsWithin(string path, string directory) =>
        directory == "/" || path == directory
        || path.StartsWith(directory + "/", StringComparison.Ordinal);
}
