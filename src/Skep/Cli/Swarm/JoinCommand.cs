using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Swarm;

/// <summary>docker swarm join.</summary>
internal static class JoinCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand("join", "[OPTIONS] HOST:PORT", "Join a swarm as a node and/or manager")
        {
            Count = WordCount.Exactly(1),
        };
        var advertiseAddr = command.Flag(Flags.Text(
            "advertise-addr", null, "Advertised address (format: \"<ip|interface>[:port]\")"));
        var availability = command.Flag(Flags.Text(
            "availability", null, "Availability of the node (\"active\", \"pause\", \"drain\")", "active"));
        var dataPathAddr = command.Flag(Flags.Text("data-path-addr", null,
            "Address or interface to use for data path traffic (format: \"<ip|interface>\")"));
        Option<string> listenAddr = command.Flag(InitCommand.ListenAddr());
        var token = command.Flag(Flags.Text("token", null, "Token for entry into the swarm"));
        return command.Does(async (call, stop) =>
        {
            var request = new SwarmJoinRequest
            {
                JoinToken = call.Get(token),
                ListenAddr = call.Get(listenAddr),
                AdvertiseAddr = call.Get(advertiseAddr),
                DataPathAddr = call.Get(dataPathAddr),
                RemoteAddrs = [call.Words[0]],
                Availability = SwarmApi.Availability(call, availability),
            };
            await call.Engine.PostAsync("/swarm/join", request, EngineJson.Default.SwarmJoinRequest, stop);
            JsonElement info = await call.Engine.GetAsync("/info", stop);
            string role = info.Member("Swarm").Flag("ControlAvailable") ? "manager" : "worker";
            call.Console.WriteLine($"This node joined a swarm as a {role}.");
            return 0;
        });
    }
}
