namespace Skep.Tests.Tidy;

/// <summary>Keeps the house style by machine, so that people can talk about the rest.</summary>
public class TidyTests
{
    private static readonly Lazy<SourceTree> tree = new(SourceTree.Read);

    [Fact]
    public void Types_are_named_after_what_they_do() => Check(CodeRules.Names, "names");

    [Fact]
    public void Files_methods_and_lines_stay_short() =>
        Check(CodeRules.Lengths, "file-length", "method-length", "line-length");

    [Fact]
    public void There_are_no_regions_and_no_open_ends_without_an_issue() =>
        Check(CodeRules.Comments, "regions", "open-ends");

    [Fact]
    public void No_error_disappears_in_a_catch() => Check(CodeRules.Catches, "empty-catch", "catch-all");

    [Fact]
    public void Unsafe_code_and_system_calls_are_in_one_project() =>
        Judge([.. Everywhere(CodeRules.Unsafe), .. TreeRules.UnsafeProjects(tree.Value)], "unsafe");

    [Fact]
    public void Projects_refer_to_each_other_as_the_architecture_page_says() =>
        Judge([.. TreeRules.References(tree.Value)], "references");

    [Fact]
    public void Every_golden_file_is_read_by_a_test() => Judge([.. TreeRules.GoldenFiles(tree.Value)], "golden");

    [Fact]
    public void Every_page_is_linked_and_no_link_is_broken() => Judge([.. TreeRules.Pages(tree.Value)], "pages");

    private static void Check(Func<SourceFile, IEnumerable<Offence>> rule, params string[] names) =>
        Judge([.. Everywhere(rule)], names);

    private static IEnumerable<Offence> Everywhere(Func<SourceFile, IEnumerable<Offence>> rule) =>
        tree.Value.Code.SelectMany(rule);

    private static void Judge(IReadOnlyList<Offence> found, params string[] names)
    {
        var allowed = new Allowances(tree.Value.Text(Allowances.FilePath));
        IReadOnlyList<Offence> remaining = allowed.Remaining(found, names);
        Assert.True(remaining.Count == 0, "\n" + string.Join('\n', remaining));
    }
}
