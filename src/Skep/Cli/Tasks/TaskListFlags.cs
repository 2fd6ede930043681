using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Grammar;

namespace Skep.Cli.Tasks;

/// <summary>The flags of every command that lists tasks.</summary>
/// <param name="quietIsWhole">Whether --quiet shows whole ids: service ps does, the others do not.</param>
/// <param name="formatFlag">Its words differ between the commands.</param>
internal sealed class TaskListFlags(DockerCommand command, bool quietIsWhole, Option<string> formatFlag)
{
    private readonly Option<string[]> filter = command.Flag(SharedFlags.Filter());

    private readonly Option<string> format = command.Flag(formatFlag);

    private readonly Option<bool> noResolve = command.Flag(
        Flags.Switch("no-resolve", null, "Do not map IDs to Names"));

    private readonly Option<bool> noTrunc = command.Flag(Flags.Switch("no-trunc", null, "Do not truncate output"));

    private readonly Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display task IDs"));

    /// <summary>--format in the words of service ps and node ps.</summary>
    public static Option<string> PrettyFormat() =>
        Flags.Text("format", null, "Pretty-print tasks using a Go template");

    public IReadOnlyList<string> FiltersOf(Invocation call) => call.Get(filter);

    public Task ShowAsync(Invocation call, IEnumerable<JsonElement> tasks, CancellationToken stop)
    {
        bool isQuiet = call.Get(quiet);
        bool truncates = !call.Get(noTrunc) && !(isQuiet && quietIsWhole);
        return new TaskTable(call, !call.Get(noResolve), truncates, isQuiet).ShowAsync(tasks, call.Get(format), stop);
    }
}
