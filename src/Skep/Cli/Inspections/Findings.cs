using System.Text.Json.Serialization.Metadata;
using Skep.Cli.Client;
using Skep.Docker.Engine;

namespace Skep.Cli.Inspections;

/// <summary>How each kind of thing is asked for.</summary>
internal static class Findings
{
    public static async Task<Found> ContainerAsync(
        EngineClient engine, string name, bool size, CancellationToken stop)
    {
        Query query = new Query().AddFlag("size", size);
        return new Found(
            await engine.GetBytesAsync($"/containers/{Query.Escape(name)}/json{query}", stop),
            EngineJson.Default.ContainerInspect);
    }

    public static async Task<Found> ImageAsync(EngineClient engine, string name, CancellationToken stop) =>
        new(await engine.GetBytesAsync($"/images/{EscapeSlashes(name)}/json", stop), EngineJson.Default.ImageInspect);

    public static async Task<Found> NetworkAsync(
        EngineClient engine, string name, bool verbose, CancellationToken stop)
    {
        Query query = new Query().Add("verbose", verbose ? "true" : null);
        return new Found(
            await engine.GetBytesAsync($"/networks/{Query.Escape(name)}{query}", stop),
            EngineJson.Default.NetworkInspect);
    }

    public static async Task<Found> VolumeAsync(EngineClient engine, string name, CancellationToken stop) =>
        new(await engine.GetBytesAsync($"/volumes/{Query.Escape(name)}", stop), EngineJson.Default.Volume);

    /// <summary>Things of the swarm.</summary>
    /// <param name="path">"services", "tasks", "nodes", "secrets", "configs".</param>
    public static async Task<Found> SwarmAsync(
        EngineClient engine, string path, string name, CancellationToken stop)
    {
        Query query = new Query().Add("insertDefaults", path == "services" ? "true" : null);
        JsonTypeInfo? type = path switch
        {
            "nodes" => EngineJson.Default.NodeInspect,
            "secrets" => EngineJson.Default.SecretInspect,
            "configs" => EngineJson.Default.ConfigInspect,
            "services" => EngineJson.Default.ServiceInspect,
            "tasks" => EngineJson.Default.TaskInspect,
            _ => null,
        };
        return new Found(await engine.GetBytesAsync($"/{path}/{Query.Escape(name)}{query}", stop), type);
    }

    /// <summary>Image names have slashes that stay slashes in a path.</summary>
    public static string EscapeSlashes(string name) =>
        string.Join('/', name.Split('/').Select(Query.Escape));
}
