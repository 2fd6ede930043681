using Skep.Docker.Compose.Grammar;
using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose;

/// <summary>`extends`: a service begins as another one, of this file or of another.</summary>
internal static class Extensions
{
    private static readonly SectionShape One = new(
    [
        new("service", new TextShape(), Reading.Specification),
        new("file", new TextShape(), Reading.Specification),
    ])
    {
        Required = ["service"],
        Expected = "a string or mapping",
        ShortForm = (node, _, _) => node is YamlText
            ? new YamlMap([new("service", node.Place, node)], node.Place)
            : null,
    };

    public static YamlMap Apply(YamlMap file, Reading reading, ProjectFiles files, IReadOnlyList<string> chain)
    {
        if (file["services"] is not YamlMap services
            || services.Entries.All(entry => ((YamlMap)entry.Value)["extends"] is null))
        {
            return file;
        }

        YamlMap extended = services with
        {
            Entries = [.. services.Entries.Select(entry =>
                entry with { Value = Extended(entry, services, [], reading, files, chain) })],
        };
        return file.With("services", extended);
    }

    public static string DirectoryOf(string path) => Reading.CleanPath(path[..(path.LastIndexOf('/') + 1)]);

    private static YamlMap Extended(
        YamlEntry service,
        YamlMap services,
        IReadOnlyList<string> names,
        Reading reading,
        ProjectFiles files,
        IReadOnlyList<string> chain)
    {
        var own = (YamlMap)service.Value;
        if (own["extends"] is not { } written)
        {
            return own;
        }

        string key = $"services.{service.Key}.extends";
        var extends = (YamlMap)One.Read(written, key, reading);
        string name = PlainText.Of(extends["service"]!);
        string[] longer = [.. names, service.Key];
        if (longer.Length > ComposeLimits.ServiceChain)
        {
            throw Reading.Wrong(written, key, $"more than {ComposeLimits.ServiceChain} services extend each other");
        }

        YamlMap below;
        if (extends["file"] is YamlText other)
        {
            below = FromFile(reading.Absolute(other.Value), name, extends, key, reading, files, chain);
        }
        else if (services.Find(name) is { } sibling && !longer.Contains(name))
        {
            below = Extended(sibling, services, longer, reading, files, chain);
        }
        else
        {
            throw Reading.Wrong(written, key, longer.Contains(name)
                ? $"circular reference: {string.Join(" -> ", longer)} -> {name}"
                : $"cannot extend service \"{service.Key}\": service \"{name}\" not found");
        }

        // What makes a service part of a project is not inherited with what it is.
        below = below.Without("profiles") with { Place = own.Place };
        return (YamlMap)ProjectKeys.Service.Merge(below, own.Without("extends"));
    }

    private static YamlMap FromFile(
        string path,
        string name,
        YamlMap extends,
        string key,
        Reading reading,
        ProjectFiles files,
        IReadOnlyList<string> chain)
    {
        string[] longer = [.. chain, $"{path}#{name}"];
        if (chain.Contains($"{path}#{name}"))
        {
            throw Reading.Wrong(extends, key, $"circular reference: {string.Join(" -> ", longer)}");
        }

        if (longer.Length > ComposeLimits.FileChain)
        {
            throw Reading.Wrong(extends, key, $"more than {ComposeLimits.FileChain} files extend each other");
        }

        // Of the other file only this one service counts: what its neighbours extend may lead back here.
        (YamlMap file, Reading other) = files.Extended(path, reading.Lookup, extends, key, longer);
        return file["services"] is YamlMap services && services.Find(name) is { } service
            ? (YamlMap)Merging.WithoutResets(Extended(service, services, [], other, files, longer))
            : throw Reading.Wrong(extends, key, $"service \"{name}\" not found in {path}");
    }
}
