using Microsoft.CodeAnalysis.CSharp;

namespace Skep.Tests.Tidy;

/// <summary>The rules themselves: each is shown what it must find and what it must let pass.</summary>
public class CodeRulesTests
{
    [Theory]
    [InlineData("class PullHelper { }", true)]
    [InlineData("class NetworkManager { }", true)]
    [InlineData("class StoreBase { }", true)]
    [InlineData("class ManagerRole { }", false)]
    [InlineData("class Utilization { }", false)]
    [InlineData("record BaseImage(int Value);", false)]
    public void Names_that_say_nothing_are_found(string code, bool isFound) =>
        Assert.Equal(isFound, CodeRules.Names(File(code)).Any());

    [Theory]
    [InlineData("try { } catch (IOException) { }", true)]
    [InlineData("try { } catch (IOException) { /* The file may be gone. */ }", false)]
    [InlineData("try { } catch (Exception) { Use(); }", true)]
    [InlineData("try { } catch { Use(); }", true)]
    [InlineData("try { } catch (Exception e) when (e is IOException) { Use(); }", false)]
    [InlineData("try { } catch { Use(); throw; }", false)]
    public void Errors_that_disappear_are_found(string statement, bool isFound) =>
        Assert.Equal(isFound, CodeRules.Catches(File($"class C {{ void M() {{ {statement} }} }}")).Any());

    [Theory]
    [InlineData("// TODO later", true)]
    [InlineData("// TODO(#12): later", false)]
    [InlineData("#region Fields\n#endregion", true)]
    [InlineData("// Whatever is to be done is done.", false)]
    public void Regions_and_open_ends_are_found(string code, bool isFound) =>
        Assert.Equal(isFound, CodeRules.Comments(File(code)).Any());

    [Fact]
    public void Long_files_methods_and_lines_are_found()
    {
        string body = string.Concat(Enumerable.Repeat("Use();\n", CodeRules.MethodLinesMax));
        string code = $"class C {{ void M()\n{{\n{body}}} }}\n" + new string('/', CodeRules.LineColumnsMax + 1)
            + new string('\n', CodeRules.FileLinesMax);
        Assert.Equal(
            ["file-length", "line-length", "method-length"], CodeRules.Lengths(File(code)).Select(it => it.Rule));
    }

    [Fact]
    public void System_calls_are_allowed_in_one_project_only()
    {
        const string code = "class C { [LibraryImport(\"libc\")] static partial int getpid(); }";
        Assert.Single(CodeRules.Unsafe(File(code)));
        Assert.Empty(CodeRules.Unsafe(File(code) with { Path = "src/Skep.Linux/C.cs" }));
    }

    [Fact]
    public void An_allowance_that_nothing_needs_is_an_offence()
    {
        var allowed = new Allowances("names a.cs It has a reason.\nnames b.cs It had one.\n");
        var found = new Offence("names", "a.cs", 1, "bad");
        Offence left = Assert.Single(allowed.Remaining([found], "names"));
        Assert.Equal(("allowances", 2), (left.Rule, left.Line));
    }

    private static SourceFile File(string code) =>
        new("src/Skep/C.cs", code.Split('\n'), CSharpSyntaxTree.ParseText(code).GetRoot());
}
