using System.CommandLine;
using System.Text;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Containers;

/// <summary>docker stats: a table that is drawn anew twice a second, or once with --no-stream.</summary>
internal sealed class StatsCommand
{
    private const string Table = "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}"
        + "\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}";

    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(500);

    private readonly Option<bool> all;
    private readonly Option<string> format;
    private readonly Option<bool> noStream;
    private readonly Option<bool> noTrunc;

    private StatsCommand(DockerCommand command)
    {
        all = command.Flag(Flags.Switch("all", 'a', "Show all containers (default shows just running)"));
        format = command.Flag(SharedFlags.Format());
        noStream = command.Flag(Flags.Switch(
            "no-stream", null, "Disable streaming stats and only pull the first result"));
        noTrunc = command.Flag(Flags.Switch("no-trunc", null, "Do not truncate output"));
        command.Does(RunAsync);
    }

    public static DockerCommand Make()
    {
        var command = new DockerCommand("stats", "[OPTIONS] [CONTAINER...]",
            "Display a live stream of container(s) resource usage statistics")
        {
            Count = WordCount.Any,
            SpelledAliases = ["container stats", "stats"],
        };
        _ = new StatsCommand(command);
        return command;
    }

    private async Task<int> RunAsync(Invocation call, CancellationToken stop)
    {
        bool streams = !call.Get(noStream);
        using var collecting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var board = new StatsBoard(call.Engine, streams, collecting.Token);
        try
        {
            if (call.Words.Count == 0)
            {
                await board.AddAllAsync(call.Get(all), follows: streams);
            }
            else
            {
                board.AddNamed(call.Words);
            }

            await board.FirstAsync();
            if (call.Words.Count > 0 && board.Refusals is { Length: > 0 } refusals)
            {
                throw new CommandFailedException(refusals);
            }

            return await DrawAsync(call, board, streams, stop);
        }
        finally
        {
            await collecting.CancelAsync();
            await board.EndAsync();
        }
    }

    private async Task<int> DrawAsync(Invocation call, StatsBoard board, bool streams, CancellationToken stop)
    {
        string settings = call.Session.Settings.Value.Format("stats");
        string chosen = call.Get(format) is { Length: > 0 } given ? given : settings;
        string source = chosen is "" or "table" ? Table : chosen;
        RowShape<StatsRow> shape = StatsRow.Shape(truncates: !call.Get(noTrunc));
        while (true)
        {
            string table = RowWriter.Render(source, shape, board.Rows());
            if (!streams)
            {
                call.Console.Write(table);
                return 0;
            }

            // From the top left corner, each line cleared behind its end, and everything below cleared.
            var screen = new StringBuilder("\x1b[H");
            foreach (string line in table.Split('\n'))
            {
                screen.Append(line).Append(" \x1b[K\n");
            }

            call.Console.Write(screen.Append("\x1b[J").ToString());
            if (board.IsOver)
            {
                return 0;
            }

            await Task.Delay(DrawEvery, call.Session.Time, stop);
        }
    }
}
