using System.Text;
using Skep.Cli.Inspections;

namespace Skep.Tests.Cli.Inspections;

public sealed class JsonIndentTests
{
    [Fact]
    public void Layout_changes_and_nothing_else_does()
    {
        string json = """[{"a":"\u003cb\u003e \"x\"","n":1.50,"e":{},"l":[],"d":{"k":[1,2]}}]""";
        string indented = Encoding.UTF8.GetString(JsonIndent.Indent(Encoding.UTF8.GetBytes(json)));
        Assert.Equal("""
            [
                {
                    "a": "\u003cb\u003e \"x\"",
                    "n": 1.50,
                    "e": {},
                    "l": [],
                    "d": {
                        "k": [
                            1,
                            2
                        ]
                    }
                }
            ]
            """, indented);
        Assert.Equal(json, Encoding.UTF8.GetString(JsonIndent.Compact(Encoding.UTF8.GetBytes(indented))));
    }
}
