using System.Text;
using System.Text.Json;
using Skep.Docker.Compose.Grammar;
using Skep.Swarm.Objects;

namespace Skep.Docker.Compose.Model;

/// <summary>`security_opt` with the content of a seccomp profile where the file names its path.</summary>
/// <remarks>The content goes to the swarm, as nodes do not have the file; white space in it is left out.</remarks>
internal static class SecurityProfiles
{
    /// <exception cref="ComposeException">There is no such file, or it is no JSON.</exception>
    public static ValueList<string> Read(string name, Fields service, ProjectFiles files) =>
    [
        .. service.Texts("security_opt").Select(option => SecurityOptionsShape.PathOf(option) is { } path
            ? SecurityOptionsShape.WithProfile(Content(path, name, service, files))
            : option),
    ];

    private static string Content(string path, string name, Fields service, ProjectFiles files)
    {
        string text = files.TryRead(path.StartsWith('/') ? path : Reading.CleanPath($"{files.Directory}/{path}"))
            ?? throw Wrong(
                name, service, $"opening seccomp profile ({path}) failed: open {path}: no such file or directory");
        try
        {
            using JsonDocument profile = JsonDocument.Parse(text);
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                profile.WriteTo(writer);
            }

            return profile.RootElement.ValueKind == JsonValueKind.Object
                ? Encoding.UTF8.GetString(buffer.ToArray())
                : throw Wrong(name, service, $"seccomp profile ({path}): must be a JSON object");
        }
        catch (JsonException broken)
        {
            throw Wrong(name, service, $"compacting json for seccomp profile ({path}) failed: {broken.Message}");
        }
    }

    private static ComposeException Wrong(string name, Fields service, string problem) => ComposeException.At(
        service.Places.TryGetValue("security_opt", out ComposePlace? place) ? place : service.Place,
        $"services.{name}.security_opt: {problem}");
}
