using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Swarm;

/// <summary>docker swarm, and its commands that change the swarm as a whole.</summary>
internal static class SwarmCommands
{
    /// <param name="program">Called "docker", the program has docker's commands and no others.</param>
    public static DockerCommand Make(string program) =>
        new DockerCommand("swarm", "COMMAND", "Manage Swarm") { Section = HelpSection.Swarm }.With(
            [
                CaCommand.Make(), InitCommand.Make(), JoinCommand.Make(), JoinToken(), Leave(), UnlockCommands.Unlock(),
                UnlockCommands.UnlockKey(), Update(),
                .. program == "docker" ? Array.Empty<DockerCommand>()
                    : [BackupCommands.Backup(), BackupCommands.Restore()],
            ]);

    private static DockerCommand Leave()
    {
        var command = new DockerCommand("leave", "[OPTIONS]", "Leave the swarm");
        var force = command.Flag(Flags.Switch(
            "force", 'f', "Force this node to leave the swarm, ignoring warnings"));
        return command.Does(async (call, stop) =>
        {
            await call.Engine.PostAsync($"/swarm/leave{new Query().AddFlag("force", call.Get(force))}", stop);
            call.Console.WriteLine("Node left the swarm.");
            return 0;
        });
    }

    private static DockerCommand Update()
    {
        var command = new DockerCommand("update", "[OPTIONS]", "Update the swarm");
        var flags = new SwarmFlags(command, "Change manager autolocking setting (true|false)");
        return command.Does(async (call, stop) =>
        {
            if (!command.Options.Any(call.Has))
            {
                int columns = call.Console.Size.Columns is > 0 and var width ? width : 80;
                call.Console.Write(HelpPage.Of(command, call.Program, columns));
                return 0;
            }

            SwarmInspect swarm = await SwarmApi.InspectAsync(call, stop);
            SwarmSpec spec = flags.Apply(call, swarm.Spec, swarm.TlsInfo.TrustRoot ?? "");
            await SwarmApi.UpdateAsync(call, swarm, spec, rotate: null, stop);
            call.Console.WriteLine("Swarm updated.");
            if (spec.EncryptionConfig.AutoLockManagers && !swarm.Spec.EncryptionConfig.AutoLockManagers)
            {
                SwarmApi.ShowUnlockCommand(call, await SwarmApi.UnlockKeyAsync(call, stop));
            }

            return 0;
        });
    }

    private static DockerCommand JoinToken()
    {
        var command = new DockerCommand("join-token", "[OPTIONS] (worker|manager)", "Manage join tokens")
        {
            Count = WordCount.Exactly(1),
        };
        var quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display token"));
        var rotate = command.Flag(Flags.Switch("rotate", null, "Rotate join token"));
        return command.Does(async (call, stop) =>
        {
            string role = call.Words[0];
            if (role is not ("worker" or "manager"))
            {
                throw new CommandFailedException("unknown role " + role);
            }

            if (call.Get(rotate))
            {
                SwarmInspect current = await SwarmApi.InspectAsync(call, stop);
                await SwarmApi.UpdateAsync(call, current, current.Spec,
                    role == "worker" ? "rotateWorkerToken" : "rotateManagerToken", stop);
                call.Console.Write(call.Get(quiet) ? "" : $"Successfully rotated {role} join token.\n\n");
            }

            SwarmInspect swarm = await SwarmApi.InspectAsync(call, stop);
            if (call.Get(quiet))
            {
                call.Console.WriteLine(role == "worker" ? swarm.JoinTokens.Worker : swarm.JoinTokens.Manager);
                return 0;
            }

            JsonElement info = await call.Engine.GetAsync("/info", stop);
            await SwarmApi.ShowJoinCommandAsync(call, info.Member("Swarm").Text("NodeID"), role, stop);
            return 0;
        });
    }
}
