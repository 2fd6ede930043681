using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Swarm;

/// <summary>docker swarm unlock and unlock-key.</summary>
internal static class UnlockCommands
{
    public static DockerCommand Unlock() => new DockerCommand("unlock", "", "Unlock swarm").Does(
        async (call, stop) =>
        {
            JsonElement info = await call.Engine.GetAsync("/info", stop);
            switch (info.Member("Swarm").Text("LocalNodeState"))
            {
                case "inactive":
                    throw new CommandFailedException("Error: This node is not part of a swarm");
                case "pending" or "active" or "error":
                    throw new CommandFailedException("Error: swarm is not locked");
            }

            var request = new SwarmUnlock { UnlockKey = ReadKey(call.Console) };
            await call.Engine.PostAsync("/swarm/unlock", request, EngineJson.Default.SwarmUnlock, stop);
            return 0;
        });

    public static DockerCommand UnlockKey()
    {
        var command = new DockerCommand("unlock-key", "[OPTIONS]", "Manage the unlock key");
        var quiet = command.Flag(Flags.Switch("quiet", 'q', "Only display token"));
        var rotate = command.Flag(Flags.Switch("rotate", null, "Rotate unlock key"));
        return command.Does(async (call, stop) =>
        {
            if (call.Get(rotate))
            {
                SwarmInspect swarm = await SwarmApi.InspectAsync(call, stop);
                if (!swarm.Spec.EncryptionConfig.AutoLockManagers)
                {
                    throw new CommandFailedException("cannot rotate because autolock is not turned on");
                }

                await SwarmApi.UpdateAsync(call, swarm, swarm.Spec, "rotateManagerUnlockKey", stop);
                call.Console.Write(call.Get(quiet) ? "" : "Successfully rotated manager unlock key.\n");
            }

            string key = await SwarmApi.UnlockKeyAsync(call, stop);
            if (key.Length == 0)
            {
                throw new CommandFailedException("no unlock key is set");
            }

            if (call.Get(quiet))
            {
                call.Console.WriteLine(key);
            }
            else
            {
                SwarmApi.ShowUnlockCommand(call, key);
            }

            return 0;
        });
    }

    // From a terminal the key is not shown while it is typed.
    private static string ReadKey(CliConsole console) => console.InputIsTerminal
        ? console.ReadHidden("Enter unlock key: ")
        : (console.ReadLine() ?? "").Trim();
}
