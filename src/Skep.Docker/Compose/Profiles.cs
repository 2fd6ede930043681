using Skep.Docker.Compose.Grammar;
using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose;

/// <summary>A service with profiles is part of the project only while one of them is active.</summary>
internal static class Profiles
{
    public static YamlMap Apply(YamlMap project, ProjectFiles files)
    {
        if (project["services"] is not YamlMap services)
        {
            return project;
        }

        string[] active = [.. files.ActiveProfiles];
        YamlMap kept = services with
        {
            Entries = [.. services.Entries.Where(entry => IsActive((YamlMap)entry.Value, active))],
        };
        return kept.Entries.Count == services.Entries.Count ? project : project.With("services", kept);
    }

    private static bool IsActive(YamlMap service, string[] active) =>
        service["profiles"] is not YamlList { Items.Count: > 0 } profiles
        || active.Contains("*")
        || profiles.Items.Any(profile => active.Contains(PlainText.Of(profile)));
}
