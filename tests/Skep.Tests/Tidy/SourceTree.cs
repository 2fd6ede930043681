using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Skep.Tests.Tidy;

/// <summary>One C# file of this repository, read and parsed.</summary>
internal sealed record SourceFile(string Path, IReadOnlyList<string> Lines, SyntaxNode Root);

/// <summary>The files of this repository as the tidy rules see them: nothing built, nothing generated.</summary>
internal sealed class SourceTree
{
    private static readonly string[] codeFolders = ["src", "tests", "bench"];
    private static readonly string[] builtFolders = ["bin", "obj", "out", "TestResults", ".git"];

    private SourceTree(string root)
    {
        Root = root;
        Code = [.. Files("*.cs").Where(IsCode).Select(Parse)];
        Projects = [.. Files("*.csproj").Where(IsCode)];
    }

    public string Root { get; }

    public IReadOnlyList<SourceFile> Code { get; }

    /// <summary>Project files, relative to the root.</summary>
    public IReadOnlyList<string> Projects { get; }

    /// <summary>Reads the repository that the running test was built from.</summary>
    public static SourceTree Read()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Skep.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return new SourceTree(folder ?? throw new DirectoryNotFoundException("No Skep.slnx above the tests"));
    }

    /// <summary>Files whose name fits, relative to the root, sorted, without what a build made.</summary>
    public IReadOnlyList<string> Files(string pattern) =>
    [
        .. Walk(Root, pattern).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal),
    ];

    public string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder, string pattern)
    {
        IEnumerable<string> below = Directory.EnumerateDirectories(folder)
            .Where(path => !builtFolders.Contains(Path.GetFileName(path)))
            .SelectMany(path => Walk(path, pattern));
        return Directory.EnumerateFiles(folder, pattern).Concat(below);
    }

    private static bool IsCode(string path) => codeFolders.Contains(path.Split('/')[0]);

    private SourceFile Parse(string path)
    {
        string text = Text(path);
        var options = new CSharpParseOptions(LanguageVersion.CSharp14);
        return new SourceFile(path, text.Split('\n'), CSharpSyntaxTree.ParseText(text, options).GetRoot());
    }
}
