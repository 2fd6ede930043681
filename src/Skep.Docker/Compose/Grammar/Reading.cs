using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>What a file is held to and where it stands, while its nodes are checked and brought to long form.</summary>
internal sealed record Reading
{
    /// <summary>The dialect of files without a version: the current Compose specification.</summary>
    public const int Specification = 99;

    /// <summary>The last minor version of 3.</summary>
    public const int LastMinor = 13;

    /// <summary>The minor of version 3, or <see cref="Specification"/>.</summary>
    public required int Dialect { get; init; }

    /// <summary>Relative paths of this file start here.</summary>
    public required string Directory { get; init; }

    /// <summary>The file was included or extended: its relative paths start in its own directory.</summary>
    public bool IsElsewhere { get; init; }

    public required Func<string, string?> Lookup { get; init; }
    public required Func<string, string?> ReadFile { get; init; }
    public required Action<ComposeWarning> Warn { get; init; }

    public bool IsSpecification => Dialect == Specification;

    public string Absolute(string path) =>
        path.StartsWith('/') ? path : CleanPath($"{Directory}/{path}");

    public static ComposeException Wrong(YamlNode node, string path, string what) =>
        ComposeException.At(node.Place, $"{path} {what}");

    /// <summary>Without "." and "..", doubled and final slashes.</summary>
    public static string CleanPath(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }
}
