using System.CommandLine;
using Skep.Cli.Values;

namespace Skep.Cli.Grammar;

/// <summary>Flags that many commands have in the same words.</summary>
internal static class SharedFlags
{
    private const string Directives = "'json':             Print in JSON format\n"
        + "'TEMPLATE':         Print output using the given Go template.\n"
        + "Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";

    public static Option<string> Format() => Flags.Text("format", null,
        "Format output using a custom template:\n"
        + "'table':            Print output in table format with column headers (default)\n"
        + "'table TEMPLATE':   Print output in table format using the given Go template\n" + Directives);

    public static Option<string> InspectFormat() => Flags.Text("format", 'f',
        "Format output using a custom template:\n" + Directives);

    public static Option<string[]> Filter(string description = "Filter output based on conditions provided") =>
        Flags.List("filter", 'f', description, KeyValues.CheckFilter, "filter");

    public static Option<string[]> PruneFilter(string description) =>
        Flags.List("filter", null, description, KeyValues.CheckFilter, "filter");

    public static Option<bool> Force() => Flags.Switch("force", 'f', "Do not prompt for confirmation");
}
