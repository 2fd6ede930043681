using System.Runtime.CompilerServices;
using Skep.Docker.Compose;

namespace Skep.Tests.Compose;

/// <summary>
/// One compose file of the folder Files with what its first comments ask for: `with FILE` lays another one over it,
/// `env NAME=VALUE` sets a variable, `env-file FILE` names a file of variables, `skip-interpolation` leaves variables
/// alone. Its name says what is expected: same as the genuine command line, refused as by it, or ours alone.
/// </summary>
public sealed class ComposeCase
{
    private static readonly string Here = Path.GetDirectoryName(Caller())!;

    private readonly string[] lines;

    private ComposeCase(string name)
    {
        Name = name;
        lines = File.ReadAllLines(Path.Combine(Folder, name));
    }

    public static string Folder => Path.Combine(Here, "Files");

    public string Name { get; }

    public IReadOnlyList<string> Files => [Name, .. Asked("with")];

    public bool SkipsInterpolation => lines.Contains("# skip-interpolation");

    public IReadOnlyDictionary<string, string> Environment => Asked("env")
        .Select(pair => pair.Split('=', 2))
        .Prepend(["HOME", "/root"])
        .GroupBy(pair => pair[0])
        .ToDictionary(group => group.Key, group => group.Last()[1]);

    public static IReadOnlyList<ComposeCase> Of(string kind) =>
        [.. Directory.GetFiles(Folder, $"{kind}-*.yml")
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)
            .Select(name => new ComposeCase(name))];

    public static ComposeCase Named(string name) => new(name);

    public ComposeRequest Request => new()
    {
        Sources = [.. Files.Select(file => new ComposeSource(file, File.ReadAllText(Path.Combine(Folder, file))))],
        Directory = Folder,
        Environment = Environment,
        EnvFiles = [.. Asked("env-file").Select(file => Path.Combine(Folder, file))],
        ReadFile = path => File.Exists(path) ? File.ReadAllText(path) : null,
        SkipInterpolation = SkipsInterpolation,
    };

    /// <summary>Free of where the tree lies.</summary>
    public static string Neutral(string text) => text
        .Replace(Folder, "/project", StringComparison.Ordinal)
        .Replace(Here, "/above", StringComparison.Ordinal);

    private IEnumerable<string> Asked(string word) => lines
        .Where(line => line.StartsWith($"# {word} ", StringComparison.Ordinal))
        .Select(line => line[(word.Length + 3)..]);

    private static string Caller([CallerFilePath] string path = "") => path;
}
