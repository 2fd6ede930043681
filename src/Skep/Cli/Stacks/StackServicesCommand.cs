using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Services;
using Skep.Cli.Tables;

namespace Skep.Cli.Stacks;

/// <summary>docker stack services.</summary>
internal static class StackServicesCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand("services", "[OPTIONS] STACK", "List the services in the stack")
        {
            Count = WordCount.Exactly(1),
        };
        Option<string[]> filter = command.Flag(SharedFlags.Filter());
        Option<string> format = command.Flag(SharedFlags.Format());
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display IDs"));
        return command.Does(async (call, stop) =>
        {
            string stack = call.Words[0];
            StackNames.Check(call.Words);
            bool isQuiet = call.Get(quiet);
            Query query = new Query().AddFilters([.. call.Get(filter), StackNames.Filter(stack)])
                .Add("status", isQuiet ? null : "true");
            IReadOnlyList<JsonElement> services = [.. (await call.Engine.GetAsync($"/services{query}", stop)).Items()];
            if (services.Count == 0)
            {
                call.Console.WriteErrorLine($"Nothing found in stack: {stack}");
                return 0;
            }

            if (!isQuiet)
            {
                services = await ServiceCounts.CompleteAsync(call.Engine, services, stop);
            }

            string settings = isQuiet ? "" : call.Session.Settings.Value.Format("services");
            string chosen = call.Get(format) is { Length: > 0 } given ? given : settings;
            call.Console.Write(RowWriter.Render(
                ServiceListCommand.Source(chosen, isQuiet), ServiceListCommand.Shape, services.OrderBy(
                    service => service.Member("Spec").Text("Name"), NaturalOrder.Instance)));
            return 0;
        });
    }
}
