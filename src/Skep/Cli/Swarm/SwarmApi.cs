using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Docker.Engine;

namespace Skep.Cli.Swarm;

/// <summary>The requests about the swarm as a whole.</summary>
internal static class SwarmApi
{
    public static async Task<SwarmInspect> InspectAsync(Invocation call, CancellationToken stop) =>
        (await call.Engine.GetAsync("/swarm", stop)).Deserialize(EngineJson.Default.SwarmInspect)!;

    /// <param name="rotate">The name of a parameter that asks for a new secret; null: none.</param>
    public static Task UpdateAsync(
        Invocation call, SwarmInspect current, SwarmSpec spec, string? rotate, CancellationToken stop)
    {
        Query query = new Query()
            .Add("rotateManagerToken", Claim(rotate == "rotateManagerToken"))
            .Add("rotateManagerUnlockKey", Claim(rotate == "rotateManagerUnlockKey"))
            .Add("rotateWorkerToken", Claim(rotate == "rotateWorkerToken"))
            .Add("version", current.Version.Index.ToString(CultureInfo.InvariantCulture));
        return call.Engine.PostAsync($"/swarm/update{query}", spec, EngineJson.Default.SwarmSpec, stop);
    }

    /// <summary>"": managers are not locked.</summary>
    public static async Task<string> UnlockKeyAsync(Invocation call, CancellationToken stop)
    {
        try
        {
            return (await call.Engine.GetAsync("/swarm/unlockkey", stop)).Text("UnlockKey");
        }
        catch (CommandFailedException refused)
        {
            throw new CommandFailedException($"could not fetch unlock key: {refused.Message}");
        }
    }

    public static void ShowUnlockCommand(Invocation call, string key)
    {
        if (key.Length > 0)
        {
            call.Console.Write(
                $"To unlock a swarm manager after it restarts, run the `{call.Program} swarm unlock`\n"
                + $"command and provide the following key:\n\n    {key}\n\n"
                + "Remember to store this key in a password manager, since without it you\n"
                + "will not be able to restart the manager.\n");
        }
    }

    /// <summary>Prints how another machine joins at this one.</summary>
    public static async Task ShowJoinCommandAsync(Invocation call, string nodeId, string role, CancellationToken stop)
    {
        JsonElement node = await call.Engine.GetAsync($"/nodes/{Query.Escape(nodeId)}", stop);
        SwarmInspect swarm = await InspectAsync(call, stop);
        if (node.Member("ManagerStatus") is not { ValueKind: JsonValueKind.Object } manager)
        {
            return;
        }

        string token = role == "worker" ? swarm.JoinTokens.Worker : swarm.JoinTokens.Manager;
        call.Console.Write($"To add a {role} to this swarm, run the following command:\n\n"
            + $"    {call.Program} swarm join --token {token} {manager.Text("Addr")}\n\n");
    }

    /// <summary>active, pause or drain; "": the flag was not given.</summary>
    public static string Availability(Invocation call, System.CommandLine.Option<string> flag)
    {
        string wanted = call.Has(flag) ? call.Get(flag).ToLowerInvariant() : "";
        return !call.Has(flag) || wanted is "active" or "pause" or "drain"
            ? wanted
            : throw new CommandFailedException(
                $"invalid availability \"{call.Get(flag)}\", only active, pause and drain are supported");
    }

    private static string? Claim(bool holds) => holds ? "true" : "false";
}
