using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;

namespace Skep.Cli.Containers;

/// <summary>docker port.</summary>
internal static class PortCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand("port", "CONTAINER [PRIVATE_PORT[/PROTO]]",
            "List port mappings or a specific mapping for the container")
        {
            Count = new WordCount(1, 2),
            SpelledAliases = ["container port", "port"],
        };
        return command.Does(async (call, stop) =>
        {
            string name = call.Words[0];
            JsonElement found = await call.Engine.GetAsync($"/containers/{Query.Escape(name)}/json", stop);
            JsonElement ports = found.Member("NetworkSettings").Member("Ports");
            IReadOnlyList<string> lines = call.Words.Count > 1
                ? OfPort(ports, call.Words[1], name)
                : [.. ports.Members().SelectMany(port => port.Value.Items()
                    .Select(binding => $"{port.Name} -> {Address(binding)}")).Order(NaturalOrder.Instance)];
            foreach (string line in lines)
            {
                call.Console.WriteLine(line);
            }

            return 0;
        });
    }

    private static List<string> OfPort(JsonElement ports, string wanted, string container)
    {
        string[] parts = wanted.Split('/');
        string key = $"{parts[0]}/{(parts.Length > 1 && parts[1].Length > 0 ? parts[1] : "tcp")}";
        if (!ushort.TryParse(parts[0], out _))
        {
            throw new CommandFailedException(
                $"Error: invalid port ({parts[0]}): strconv.ParseUint: parsing \"{parts[0]}\": invalid syntax");
        }

        List<string> lines = [.. ports.Items(key).Select(Address).Order(NaturalOrder.Instance)];
        return lines.Count > 0 ? lines : throw new CommandFailedException(
            $"Error: No public port '{wanted}' published for {container}");
    }

    private static string Address(JsonElement binding)
    {
        string address = binding.Text("HostIp");
        return address.Contains(':')
            ? $"[{address}]:{binding.Text("HostPort")}"
            : $"{address}:{binding.Text("HostPort")}";
    }
}
