namespace Skep.Docker.Validation;

/// <summary>Paths in a container, as text: no file system is asked.</summary>
public static class CleanPath
{
    /// <summary>An absolute path without ".", ".." and doubled or last slashes (Go's path.Clean).</summary>
    public static string Of(string absolute)
    {
        var parts = new List<string>();
        foreach (string part in absolute.Split('/'))
        {
            if (part == "..")
            {
                // Above the root is the root.
                parts.RemoveRange(Math.Max(parts.Count - 1, 0), Math.Min(parts.Count, 1));
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }
}
