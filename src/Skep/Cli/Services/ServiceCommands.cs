using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Inspections;

namespace Skep.Cli.Services;

/// <summary>docker service.</summary>
internal static class ServiceCommands
{
    public static DockerCommand Make() =>
        new DockerCommand("service", "COMMAND", "Manage Swarm services") { Section = HelpSection.Swarm }.With(
            ServiceCreateCommand.Make(), Inspect(), ServiceLogsCommand.Make(), ServiceListCommand.Make(),
            ServiceTasksCommand.Make(), Remove(), ServiceRollbackCommand.Make(), ServiceScaleCommand.Make(),
            ServiceUpdateCommand.Make());

    private static DockerCommand Inspect() =>
        new PrettyInspection(ServicePage.Shape, ServicePage.Template, FindAsync)
        {
            FormatName = "serviceInspect",
            PrettyConflict = "--format is incompatible with human friendly format",
            Prepare = ServicePage.PrepareAsync,
        }.Complete(new DockerCommand(
            "inspect", "[OPTIONS] SERVICE [SERVICE...]", "Display detailed information on one or more services")
        {
            Count = WordCount.AtLeast(1),
        });

    private static async Task<Found> FindAsync(Invocation call, string name, CancellationToken stop)
    {
        try
        {
            return await Findings.SwarmAsync(call.Engine, "services", name, stop);
        }
        catch (CommandFailedException refused) when (refused.Status == System.Net.HttpStatusCode.NotFound)
        {
            throw new CommandFailedException($"Error: no such service: {name}");
        }
    }

    private static DockerCommand Remove()
    {
        var command = new DockerCommand("rm", "SERVICE [SERVICE...]", "Remove one or more services")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["service rm", "service remove"],
        };
        return command.Named("remove").Does((call, stop) => EachWord.InTurnAsync(
            call, (name, halt) => call.Engine.DeleteAsync($"/services/{Query.Escape(name)}", halt), stop));
    }
}
