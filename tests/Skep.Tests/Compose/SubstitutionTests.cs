using Skep.Docker.Compose.Interpolation;

namespace Skep.Tests.Compose;

public sealed class SubstitutionTests
{
    private static readonly Dictionary<string, string> Known = new() { ["SET"] = "value", ["EMPTY"] = "" };

    private readonly List<string> unset = [];

    [Theory]
    [InlineData("$SET", "value")]
    [InlineData("a${SET}b$SET.c", "avalueb" + "value.c")]
    [InlineData("$$SET $${SET}", "$SET ${SET}")]
    [InlineData("${NONE:-a}${EMPTY:-b}${SET:-c}", "abvalue")]
    [InlineData("${NONE-a}${EMPTY-b}${SET-c}", "avalue")]
    [InlineData("${NONE:+a}${EMPTY:+b}${SET:+c}", "c")]
    [InlineData("${NONE+a}${EMPTY+b}${SET+c}", "bc")]
    [InlineData("${SET:?why}${EMPTY?why}", "value")]
    [InlineData("${NONE:-${EMPTY:-${SET}}}", "value")]
    [InlineData("${NONE:-a:b-c?d}", "a:b-c?d")]
    [InlineData("$SET-x", "value-x")]
    public void Each_operator_says_what_stands_in(string template, string expected) =>
        Assert.Equal(expected, Make(false).Apply(template));

    [Theory]
    [InlineData("$SET-x", "value")]
    [InlineData("$NONE-x", "x")]
    [InlineData("$NONE:-x y", "x y")]
    [InlineData("$SET:80", "value:80")]
    public void Version_3_takes_operators_without_braces(string template, string expected) =>
        Assert.Equal(expected, Make(true).Apply(template));

    [Theory]
    [InlineData("${SET", "${SET")]
    [InlineData("${}", "${}")]
    [InlineData("$", "$")]
    [InlineData("$1", "$1")]
    [InlineData("${SET!x}", "${SET!x}")]
    [InlineData("${NONE:?say which}", "required variable NONE is missing a value: say which")]
    [InlineData("${EMPTY:?}", "required variable EMPTY is missing a value: ")]
    public void What_cannot_be_filled_in_is_refused(string template, string message) =>
        Assert.Equal(message, Assert.Throws<SubstitutionException>(() => Make(false).Apply(template)).Message);

    [Fact]
    public void A_variable_that_is_not_set_is_told()
    {
        Assert.Equal("[]", Make(false).Apply("[${NONE}]"));
        Assert.Equal(["NONE"], unset);
    }

    [Fact]
    public void Nesting_has_a_bound()
    {
        string template = string.Concat(Enumerable.Repeat("${A:-", 100)) + "x" + new string('}', 100);

        var refusal = Assert.Throws<SubstitutionException>(() => Make(false).Apply(template));
        Assert.Contains("nested deeper than", refusal.Message);
    }

    private Substitution Make(bool hasBareOperators) =>
        new(Known.GetValueOrDefault, unset.Add) { HasBareOperators = hasBareOperators };
}
