using Skep.Docker.Compose;
using Skep.Docker.Compose.Interpolation;

namespace Skep.Tests.Compose;

public sealed class DotEnvTests
{
    [Theory]
    [InlineData("A=1", "A=1")]
    [InlineData("export A = b c  # comment", "A=b c")]
    [InlineData("A='$RAW # kept'", "A=$RAW # kept")]
    [InlineData("A=\"x\\ty\\\"z\"", "A=x\ty\"z")]
    [InlineData("A=\"two\nlines\"\nB=1", "A=two\nlines|B=1")]
    [InlineData("A=1\nB=${A}2", "A=1|B=12")]
    [InlineData("A=${OUT}", "A=shell")]
    [InlineData("A: b", "A=b")]
    [InlineData("OUT", "OUT=shell")]
    [InlineData("\n# only a comment\n\r\nA=1\r\n", "A=1")]
    [InlineData("A=", "A=")]
    [InlineData("A=a=b:c", "A=a=b:c")]
    public void Files_of_variables_are_read_as_Compose_reads_them(string text, string expected) =>
        Assert.Equal(expected, Joined(DotEnv.Read(text, ".env", Outside, _ => { })));

    [Theory]
    [InlineData("A=\"quoted\"", "A=\"quoted\"")]
    [InlineData("  A= b ", "A= b ")]
    [InlineData("A=$B # c", "A=$B # c")]
    [InlineData("OUT\nNONE", "OUT=shell")]
    [InlineData("\uFEFFA=1\n#x\n\nB=", "A=1|B=")]
    public void Plain_lines_are_taken_as_they_are(string text, string expected) =>
        Assert.Equal(expected, Joined(DotEnv.ReadPlain(text, "e", Outside)));

    [Theory]
    [InlineData("A=1\n=2", "e:2: invalid env file: no variable name before the sign")]
    [InlineData("A B=2", "e:1: invalid env file: variable 'A B' contains whitespaces")]
    public void A_line_without_a_name_is_refused_with_its_place(string text, string message)
    {
        Assert.Equal(
            message, Assert.Throws<ComposeException>(() => DotEnv.ReadPlain(text, "e", Outside)).Message);
        Assert.Equal(
            message, Assert.Throws<ComposeException>(() => DotEnv.Read(text, "e", Outside, _ => { })).Message);
    }

    [Fact]
    public void A_quote_without_an_end_is_refused() => Assert.Equal(
        "e:2: invalid env file: a quoted value has no end",
        Assert.Throws<ComposeException>(() => DotEnv.Read("A=1\nB=\"x\nC=1", "e", Outside, _ => { })).Message);

    private static string? Outside(string name) => name == "OUT" ? "shell" : null;

    private static string Joined(IEnumerable<KeyValuePair<string, string?>> variables) =>
        string.Join('|', variables.Select(variable => $"{variable.Key}={variable.Value}"));
}
