using Skep.Docker.Compose.Interpolation;
using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>`env_file`: paths, or sections with a path each.</summary>
/// <remarks>A path alone is read as Docker reads it, a section as Compose does: with quotes and variables.</remarks>
internal sealed class EnvironmentFiles : Shape
{
    private static readonly TextListShape Paths = new() { TakesOne = true };
    private static readonly SectionShape One = new(
    [
        new("path", new TextShape(), Reading.Specification),
        new("format", new TextShape { Words = ["raw"] }, Reading.Specification),
        new("required", new FlagShape(), Reading.Specification) { ShowsEmpty = true },
    ])
    {
        Required = ["path"],
        Expected = "a string or mapping",
    };

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (!reading.IsSpecification || node is not YamlList list)
        {
            return Located(Paths.Read(node, path, reading), reading);
        }

        return Located(
            list with
            {
                Items = [.. list.Items.Select((item, index) =>
                    item is YamlText ? item : One.Read(item, $"{path}.{index}", reading))],
            },
            reading);
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) =>
        (YamlList)above with { Items = [.. ((YamlList)below).Items, .. ((YamlList)above).Items] };

    public override YamlNode Show(YamlNode node, Showing showing)
    {
        var list = (YamlList)node;
        showing.NeedsSpecification |= list.Items.Any(item => item is YamlMap);
        return list with { Items = [.. list.Items.Select(item => One.Show(item, showing))] };
    }

    /// <summary>The variables of all files and of `environment`, which counts more.</summary>
    public static YamlMap Resolve(YamlMap service, string path, Reading reading)
    {
        var all = new Dictionary<string, YamlEntry>();
        if (service["env_file"] is YamlList files)
        {
            for (int index = 0; index < files.Items.Count; index++)
            {
                YamlNode item = files.Items[index];
                foreach ((string name, string? value) in ReadFile(item, $"{path}.env_file.{index}", reading))
                {
                    Put(all, name, value, item.Place, reading);
                }
            }
        }

        if (service["environment"] is YamlMap own)
        {
            foreach (YamlEntry entry in own.Entries)
            {
                Put(all, entry.Key, (entry.Value as YamlText)?.Value, entry.Place, reading);
            }
        }

        return all.Count == 0 ? service : service.With(
            "environment",
            new YamlMap([.. all.Values], service.Find("environment")?.Place ?? service.Place)
            {
                Tag = service["environment"]?.Tag,
            });
    }

    /// <summary>What is empty takes its value from outside, if there is one.</summary>
    private static void Put(
        Dictionary<string, YamlEntry> all, string name, string? value, ComposePlace place, Reading reading)
    {
        value = string.IsNullOrEmpty(value) ? reading.Lookup(name) ?? value : value;
        all[name] = new(name, place, value is null ? new YamlNull(place) : new YamlText(value, place));
    }

    private static IReadOnlyList<KeyValuePair<string, string?>> ReadFile(YamlNode item, string path, Reading reading)
    {
        var section = item as YamlMap;
        string name = reading.Absolute(PlainText.Of(section?["path"] ?? item));
        if (reading.ReadFile(name) is not { } text)
        {
            return section?["required"] is YamlFlag { Value: false }
                ? []
                : throw Reading.Wrong(item, path, $"open {name}: no such file or directory");
        }

        return section is null || section["format"] is not null
            ? DotEnv.ReadPlain(text, name, reading.Lookup)
            : DotEnv.Read(text, name, reading.Lookup, reading.Warn);
    }

    /// <summary>Paths in files from elsewhere are made absolute; others stay as they are written.</summary>
    private static YamlNode Located(YamlNode node, Reading reading)
    {
        if (!reading.IsElsewhere || node is not YamlList list)
        {
            return node;
        }

        return list with
        {
            Items = [.. list.Items.Select(item => Located(item as YamlMap, item, reading))],
        };
    }

    private static YamlNode Located(YamlMap? section, YamlNode item, Reading reading)
    {
        var path = new YamlText(reading.Absolute(PlainText.Of(section?["path"] ?? item)), item.Place);
        return section is null ? path : section.With("path", path);
    }
}
