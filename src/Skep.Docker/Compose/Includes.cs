using Skep.Docker.Compose.Grammar;
using Skep.Docker.Compose.Interpolation;
using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose;

/// <summary>`include`: whole projects of other files, each from its own directory with its own variables.</summary>
internal static class Includes
{
    private static readonly string[] Sections = ["services", "networks", "volumes", "secrets", "configs"];

    private static readonly SectionShape One = new(
    [
        new("path", new TextListShape { TakesOne = true }, Reading.Specification),
        new("project_directory", new TextShape(), Reading.Specification),
        new("env_file", new TextListShape { TakesOne = true }, Reading.Specification),
    ])
    {
        Required = ["path"],
        Expected = "a string or mapping",
        ShortForm = (node, _, _) => node is YamlText
            ? new YamlMap([new("path", node.Place, node)], node.Place)
            : null,
    };

    public static YamlMap Apply(YamlMap file, Reading reading, ProjectFiles files, IReadOnlyList<string> chain)
    {
        if (file.Find("include") is not { } include)
        {
            return file;
        }

        if (include.Value is not YamlList list)
        {
            throw Reading.Wrong(include.Value, "include", "must be a list");
        }

        YamlMap result = file.Without("include");
        for (int index = 0; index < list.Items.Count; index++)
        {
            string path = $"include.{index}";
            var entry = (YamlMap)One.Read(list.Items[index], path, reading);
            result = Import(result, Project(entry, path, reading, files, chain), path);
        }

        return result;
    }

    private static YamlMap Project(
        YamlMap entry, string key, Reading reading, ProjectFiles files, IReadOnlyList<string> chain)
    {
        string[] paths = [.. ((YamlList)entry["path"]!).Items.Select(item => reading.Absolute(PlainText.Of(item)))];
        string[] longer = [.. chain, paths[0]];
        if (chain.Contains(paths[0]))
        {
            throw Reading.Wrong(entry, key, $"include cycle detected: {string.Join(" -> ", longer)}");
        }

        if (longer.Length > ComposeLimits.FileChain)
        {
            throw Reading.Wrong(entry, key, $"more than {ComposeLimits.FileChain} files include each other");
        }

        string directory = entry["project_directory"] is YamlText own
            ? reading.Absolute(own.Value)
            : Extensions.DirectoryOf(paths[0]);
        return files.LoadAll(
            paths.Select(path => files.Open(path, entry, key)),
            directory,
            true,
            Lookup(entry, key, directory, reading, files),
            longer);
    }

    /// <summary>The including project's variables count more than those of the included directory.</summary>
    private static Func<string, string?> Lookup(
        YamlMap entry, string key, string directory, Reading reading, ProjectFiles files)
    {
        var own = new Dictionary<string, string?>();
        string? Look(string name) => reading.Lookup(name) ?? own.GetValueOrDefault(name);

        IEnumerable<string> paths = entry["env_file"] is YamlList list
            ? list.Items.Select(item => reading.Absolute(PlainText.Of(item)))
            : files.TryRead($"{directory}/.env") is null ? [] : [$"{directory}/.env"];
        foreach (string path in paths)
        {
            foreach ((string name, string? value) in DotEnv.Read(
                files.Open(path, entry, key + ".env_file").Text, path, Look, reading.Warn))
            {
                own[name] = value;
            }
        }

        return Look;
    }

    private static YamlMap Import(YamlMap file, YamlMap imported, string key)
    {
        foreach (string section in Sections)
        {
            if (imported[section] is not YamlMap { Entries.Count: > 0 } theirs)
            {
                continue;
            }

            YamlMap ours = file[section] as YamlMap ?? new YamlMap([], theirs.Place);
            foreach (YamlEntry entry in theirs.Entries)
            {
                if (ours.Find(entry.Key) is { } same && section != "networks")
                {
                    throw ComposeException.At(
                        same.Place,
                        $"{section}.{entry.Key} conflicts with imported resource of {key} at {entry.Place}");
                }

                ours = ours[entry.Key] is null
                    ? ours with { Entries = [.. ours.Entries, entry] }
                    : ours;
            }

            file = file.With(section, ours);
        }

        return file;
    }
}
