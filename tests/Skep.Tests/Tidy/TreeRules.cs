using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Skep.Tests.Tidy;

/// <summary>What must fit together across files: projects, golden files, pages.</summary>
internal static partial class TreeRules
{
    public const string Architecture = "docs/architecture.md";

    /// <summary>The references of every project are exactly those of the table in docs/architecture.md.</summary>
    public static IEnumerable<Offence> References(SourceTree tree)
    {
        Dictionary<string, string> table = ReadTable(tree.Text(Architecture));
        foreach (string project in tree.Projects)
        {
            string name = Path.GetFileNameWithoutExtension(project);
            string actual = string.Join(", ", ReferencesOf(tree.Text(project)));
            if (!table.Remove(name, out string? allowed))
            {
                yield return new Offence("references", project, 0, $"not in the table of {Architecture}");
            }
            else if (actual != allowed)
            {
                yield return new Offence("references", project, 0, $"refers to '{actual}', the table says '{allowed}'");
            }
        }

        foreach (string name in table.Keys)
        {
            yield return new Offence("references", Architecture, 0, $"the table names '{name}', which does not exist");
        }
    }

    /// <summary>Only one project may switch unsafe code on.</summary>
    public static IEnumerable<Offence> UnsafeProjects(SourceTree tree) =>
        from project in tree.Projects
        where tree.Text(project).Contains("AllowUnsafeBlocks", StringComparison.Ordinal)
            && !project.StartsWith("src/Skep.Linux/", StringComparison.Ordinal)
        select new Offence("unsafe", project, 0, "unsafe code belongs to Skep.Linux");

    /// <summary>Every file in a folder named Golden is named, or its folder is walked through, by some test.</summary>
    public static IEnumerable<Offence> GoldenFiles(SourceTree tree)
    {
        List<string> code = [.. tree.Code.Select(file => string.Join('\n', file.Lines))];
        foreach (string path in tree.Files("*").Where(path => path.Contains("/Golden/", StringComparison.Ordinal)))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            string folder = path[(path.IndexOf("/Golden/", StringComparison.Ordinal) + 1)..];
            bool isRead = code.Exists(text =>
                text.Contains('"' + name, StringComparison.Ordinal)
                || text.Contains("/" + name, StringComparison.Ordinal)
                || text.Contains($"\"{Path.GetDirectoryName(folder)}\"", StringComparison.Ordinal));
            if (!isRead)
            {
                yield return new Offence("golden", path, 0, "no test reads it");
            }
        }
    }

    /// <summary>Every page is reached from the README, and every link between pages leads somewhere.</summary>
    public static IEnumerable<Offence> Pages(SourceTree tree)
    {
        HashSet<string> reached = ["README.md"];
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out string? page))
        {
            foreach (Match link in Link().Matches(tree.Text(page)))
            {
                string target = Path.GetRelativePath(
                    tree.Root, Path.Combine(tree.Root, Path.GetDirectoryName(page)!, link.Groups[1].Value));
                if (!Path.Exists(Path.Combine(tree.Root, target)))
                {
                    yield return new Offence("pages", page, 0, $"the link to '{link.Groups[1].Value}' is broken");
                }
                else if (target.EndsWith(".md", StringComparison.Ordinal) && reached.Add(target))
                {
                    open.Enqueue(target);
                }
            }
        }

        foreach (string page in tree.Files("*.md").Where(path => path.StartsWith("docs/", StringComparison.Ordinal)))
        {
            if (!reached.Contains(page))
            {
                yield return new Offence("pages", page, 0, "no other page leads to it");
            }
        }
    }

    /// <summary>Rows of the form <c>| `Skep.Name` | A, B | … |</c>; a dash stands for no reference.</summary>
    private static Dictionary<string, string> ReadTable(string page) =>
        TableRow().Matches(page).ToDictionary(
            row => row.Groups[1].Value,
            row => string.Join(", ", Words(row.Groups[2].Value).Order(StringComparer.Ordinal)));

    private static IEnumerable<string> Words(string cell) =>
        cell.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Where(word => word != "—");

    private static IEnumerable<string> ReferencesOf(string project) =>
        XDocument.Parse(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .Select(name => name == "Skep" ? name : name["Skep.".Length..])
            .Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(Skep[.\w]*)` \| ([^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
