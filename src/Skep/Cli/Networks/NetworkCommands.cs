using System.CommandLine;
using System.Net;
using Skep.Cli.Client;
using Skep.Cli.Creation;
using Skep.Cli.Grammar;
using Skep.Cli.Inspections;
using Skep.Cli.Values;
using Skep.Docker.Engine;

namespace Skep.Cli.Networks;

/// <summary>docker network.</summary>
internal static class NetworkCommands
{
    private const string IngressWarning =
        "WARNING! Before removing the routing-mesh network, make sure all the nodes in your swarm run the same docker "
        + "engine version. Otherwise, removal may not be effective and functionality of newly create ingress networks "
        + "will be impaired.";

    public static DockerCommand Make() =>
        new DockerCommand("network", "COMMAND", "Manage networks") { Section = HelpSection.Management }.With(
            Connect(), CreateNetworkCommand.Make(), Disconnect(), Inspect(), NetworkListCommand.Make(),
            Prune(), Remove());

    private static DockerCommand Connect()
    {
        var command = new DockerCommand("connect", "[OPTIONS] NETWORK CONTAINER", "Connect a container to a network")
        {
            Count = WordCount.Exactly(2),
        };
        var alias = command.Flag(Flags.List(
            "alias", null, "Add network-scoped alias for the container", type: "strings"));
        var driverOpt = command.Flag(Flags.List("driver-opt", null, "driver options for the network", type: "strings"));
        command.Flag(Flags.Number("gw-priority", null, "Highest gw-priority provides the default gateway. "
            + "Accepts positive and negative values."));
        var ip = command.Flag(Flags.Text("ip", null, "IPv4 address (e.g., \"172.30.100.104\")"));
        var ip6 = command.Flag(Flags.Text("ip6", null, "IPv6 address (e.g., \"2001:db8::33\")"));
        var link = command.Flag(Flags.List("link", null, "Add link to another container", RunFlags.CheckLink));
        var linkLocal = command.Flag(Flags.List(
            "link-local-ip", null, "Add a link-local address for the container", type: "strings"));
        return command.Does(async (call, stop) =>
        {
            string[] options = call.Get(driverOpt);
            if (options.Any(option => option.IndexOf('=') <= 0))
            {
                throw new CommandFailedException("invalid key/value pair format in driver options");
            }

            var request = new ConnectRequest
            {
                Container = call.Words[1],
                EndpointConfig = new EndpointSettings
                {
                    IpamConfig = new EndpointIpam
                    {
                        IPv4Address = call.Get(ip) is { Length: > 0 } four ? four : null,
                        IPv6Address = call.Get(ip6) is { Length: > 0 } six ? six : null,
                        LinkLocalIps = Commas(call.Get(linkLocal)),
                    },
                    Links = call.Get(link) is { Length: > 0 } links ? links : null,
                    Aliases = Commas(call.Get(alias)),
                    DriverOpts = options.Length > 0 ? KeyValues.Map(options) : null,
                },
            };
            await call.Engine.PostAsync($"/networks/{Query.Escape(call.Words[0])}/connect", request,
                EngineJson.Default.ConnectRequest, stop);
            return 0;
        });
    }

    private static DockerCommand Disconnect()
    {
        var command = new DockerCommand(
            "disconnect", "[OPTIONS] NETWORK CONTAINER", "Disconnect a container from a network")
        {
            Count = WordCount.Exactly(2),
        };
        var force = command.Flag(Flags.Switch(
            "force", 'f', "Force the container to disconnect from a network"));
        return command.Does(async (call, stop) =>
        {
            var request = new DisconnectRequest { Container = call.Words[1], Force = call.Get(force) };
            await call.Engine.PostAsync($"/networks/{Query.Escape(call.Words[0])}/disconnect", request,
                EngineJson.Default.DisconnectRequest, stop);
            return 0;
        });
    }

    private static DockerCommand Inspect()
    {
        var command = new DockerCommand("inspect", "[OPTIONS] NETWORK [NETWORK...]",
            "Display detailed information on one or more networks")
        {
            Count = WordCount.AtLeast(1),
        };
        Option<string> format = command.Flag(SharedFlags.InspectFormat());
        Option<bool> verbose = command.Flag(Flags.Switch("verbose", 'v', "Verbose output for diagnostics"));
        return command.Does((call, stop) => Inspection.ShowAsync(call, call.Get(format), (name, halt) =>
            Findings.NetworkAsync(call.Engine, name, call.Get(verbose), halt), stop));
    }

    private static DockerCommand Remove()
    {
        var command = new DockerCommand("rm", "NETWORK [NETWORK...]", "Remove one or more networks")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["network rm", "network remove"],
        };
        var force = command.Flag(Flags.Switch("force", 'f', "Do not error if the network does not exist"));
        return command.Named("remove").Does(async (call, stop) =>
        {
            bool isRefused = false;
            foreach (string name in call.Words)
            {
                if (await IsIngressAsync(call, name, stop)
                    && !call.Console.Confirms($"{IngressWarning}\nAre you sure you want to continue?"))
                {
                    continue;
                }

                try
                {
                    await call.Engine.DeleteAsync($"/networks/{Query.Escape(name)}", stop);
                    call.Console.WriteLine(name);
                }
                catch (CommandFailedException refused)
                {
                    if (call.Get(force) && refused.Status == HttpStatusCode.NotFound)
                    {
                        continue;
                    }

                    call.Console.WriteErrorLine(refused.Message);
                    isRefused = true;
                }
            }

            return isRefused ? throw new CommandFailedException("exit status 1") : 0;
        });
    }

    private static async Task<bool> IsIngressAsync(Invocation call, string name, CancellationToken stop)
    {
        try
        {
            return (await call.Engine.GetAsync($"/networks/{Query.Escape(name)}", stop)).Flag("Ingress");
        }
        catch (CommandFailedException)
        {
            return false; // The removal says what is wrong.
        }
    }

    private static DockerCommand Prune()
    {
        var command = new DockerCommand("prune", "[OPTIONS]", "Remove all unused networks");
        var filter = command.Flag(SharedFlags.PruneFilter("Provide filter values (e.g. \"until=<timestamp>\")"));
        var force = command.Flag(SharedFlags.Force());
        return command.Does(async (call, stop) =>
        {
            Pruning.Confirm(call, call.Get(force),
                "WARNING! This will remove all custom networks not used by at least one container.");
            Pruning.Show(call, await Pruning.NetworksAsync(call, call.Get(filter), stop));
            return 0;
        });
    }

    // Several values in one flag, with commas between them.
    private static IReadOnlyList<string>? Commas(string[] values) =>
        values.Length == 0 ? null : [.. values.SelectMany(CsvFields.Split)];
}
