using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Machine;

/// <summary>docker system.</summary>
internal static class SystemCommands
{
    public static DockerCommand Make() =>
        new DockerCommand("system", "COMMAND", "Manage Docker") { Section = HelpSection.Management }.With(
            DiskUsageCommand.Make(), DialCommand.Make(), EventsCommand.Make(), InfoCommand.Make(), Prune(), Shutdown());

    // docker has no such command: dockerd takes everything along when it ends, this daemon leaves everything running.
    private static DockerCommand Shutdown()
    {
        var command = new DockerCommand(
            "shutdown", "", "Stop all containers, the daemon and its containerd, and clear the kernel of them")
        {
            Count = WordCount.None,
        };
        return command.Does(async (call, stop) =>
        {
            await call.Engine.PostAsync("/skep/shutdown", stop);
            while (true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
                try
                {
                    await call.Engine.GetAsync("/version", stop);
                }
                catch (CommandFailedException)
                {
                    // Nobody answers any more: that is what was asked for.
                    return 0;
                }
            }
        });
    }

    private static DockerCommand Prune()
    {
        var command = new DockerCommand("prune", "[OPTIONS]", "Remove unused data");
        var all = command.Flag(Flags.Switch("all", 'a', "Remove all unused images not just dangling ones"));
        var filter = command.Flag(SharedFlags.PruneFilter("Provide filter values (e.g. \"label=<key>=<value>\")"));
        var force = command.Flag(SharedFlags.Force());
        var volumes = command.Flag(Flags.Switch("volumes", null, "Prune anonymous volumes"));
        return command.Does(async (call, stop) =>
        {
            string[] filters = call.Get(filter);
            if (call.Get(volumes) && filters.Any(pair => pair.StartsWith("until=", StringComparison.Ordinal)))
            {
                throw new CommandFailedException(
                    "ERROR: The \"until\" filter is not supported with \"--volumes\"");
            }

            Pruning.Confirm(call, call.Get(force), Warning(call.Get(all), call.Get(volumes), filters));
            Pruning.Report[] reports =
            [
                await Pruning.ContainersAsync(call, filters, stop),
                await Pruning.NetworksAsync(call, filters, stop),
                call.Get(volumes) ? await Pruning.VolumesAsync(call, all: false, filters, stop) : default,
                await Pruning.ImagesAsync(call, call.Get(all), filters, stop),
            ];
            Array.ForEach(reports, report => Pruning.Show(call, report));
            call.Console.WriteLine($"Total reclaimed space: {Human.Size(reports.Sum(report => report.Bytes), 4)}");
            return 0;
        });
    }

    private static string Warning(bool all, bool volumes, string[] filters)
    {
        List<string> lines =
        [
            "WARNING! This will remove:",
            "  - all stopped containers",
            "  - all networks not used by at least one container",
            .. volumes ? ["  - all anonymous volumes not used by at least one container"] : Array.Empty<string>(),
            all ? "  - all images without at least one container associated to them" : "  - all dangling images",
        ];
        if (filters.Length > 0)
        {
            lines.AddRange(["", "  Items to be pruned will be filtered with:"]);
            lines.AddRange(filters.Order(NaturalOrder.Instance).Select(pair => $"  - {pair}"));
        }

        return string.Join('\n', lines) + "\n";
    }
}
