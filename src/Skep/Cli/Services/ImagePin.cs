using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Images;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>
/// Gives a spec the digest that its image's tag stands for now, so that all nodes run the same image, and the platforms
/// that the image is made for.
/// </summary>
internal static class ImagePin
{
    /// <summary>"alpine" is "alpine:latest" in a spec, and has no needless registry.</summary>
    public static ServiceSpec Tagged(ServiceSpec spec) => WithImage(spec, image =>
        ImageName.Complaint(image) is null ? ImageName.Familiar(ImageName.Tagged(image)) : image);

    /// <returns>The spec, and what the user should know if no registry could be asked.</returns>
    public static async Task<(ServiceSpec Spec, string? Warning)> ApplyAsync(
        EngineClient engine, ServiceSpec spec, string? credentials, CancellationToken stop)
    {
        string image = spec.TaskTemplate.ContainerSpec?.Image ?? "";
        JsonElement found;
        try
        {
            found = await AskAsync(engine, image, credentials, stop);
        }
        catch (CommandFailedException)
        {
            return (spec, $"image {image} could not be accessed on a registry to record\nits digest. "
                + $"Each node will access {image} independently,\npossibly leading to different nodes running "
                + "different\nversions of the image.\n");
        }

        string digest = found.Member("Descriptor").Text("digest");
        ServiceSpec pinned = ImageName.Digest(image) is not null || digest.Length == 0
            ? spec
            : WithImage(spec, name => $"{ImageName.Familiar(name)}@{digest}");
        List<NodePlatform> platforms = [.. found.Items("Platforms").Select(Platform)];
        return (platforms.Count == 0 ? pinned : pinned with
        {
            TaskTemplate = pinned.TaskTemplate with
            {
                Placement = (pinned.TaskTemplate.Placement ?? new TaskPlacement()) with { Platforms = platforms },
            },
        }, null);
    }

    private static async Task<JsonElement> AskAsync(
        EngineClient engine, string image, string? credentials, CancellationToken stop)
    {
        string path = $"/distribution/{Inspections.Findings.EscapeSlashes(image)}/json";
        using HttpResponseMessage answer = await engine.SendAsync(
            HttpMethod.Get, path, null, stop, Headers(credentials));
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(stop));
        return document.RootElement.Clone();
    }

    public static IReadOnlyDictionary<string, string> Headers(string? credentials) => credentials is null
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { ["X-Registry-Auth"] = credentials };

    // Nodes with an ARM processor name its variant where images do not: any of them may try.
    private static NodePlatform Platform(JsonElement platform) => new()
    {
        Architecture = platform.Text("architecture") is { Length: > 0 } name
            && !name.Equals("arm", StringComparison.OrdinalIgnoreCase) ? name : null,
        Os = platform.Text("os") is { Length: > 0 } os ? os : null,
    };

    private static ServiceSpec WithImage(ServiceSpec spec, Func<string, string> change) =>
        spec.TaskTemplate.ContainerSpec is not { Image: { } image } container ? spec : spec with
        {
            TaskTemplate = spec.TaskTemplate with { ContainerSpec = container with { Image = change(image) } },
        };
}
