using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>The keys of a whole file.</summary>
internal static class ProjectKeys
{
    private const int Spec = Reading.Specification;

    public static readonly SectionShape Service = ServiceKeys.Make();

    public static readonly SectionShape Shape = new(
    [
        new("version", new TextShape(), 0),
        new("name", new TextShape(), Spec),
        new("include", new AnyShape(), Spec),
        new("services", new NamedShape(Service), 0) { ShowsEmpty = true },
        new("networks", new NamedShape(Network) { TakesAnyName = true, ReplacesItems = true }, 0),
        new("volumes", new NamedShape(Volume) { ReplacesItems = true }, 0),
        new("secrets", new NamedShape(FileObject("secret", 1)) { ReplacesItems = true }, 1),
        new("configs", new NamedShape(FileObject("config", 3)) { ReplacesItems = true }, 3),
        new("models", new AnyShape(), Spec) { Unused = "models are not supported" },
    ])
    {
        ExtrasSince = 4,
    };

    private static SectionShape Network => new(
    [
        new("name", new TextShape(), 5),
        new("driver", new TextShape(), 0),
        new("driver_opts", new PairsShape(), 0),
        new("ipam", new SectionShape(
        [
            new("driver", new TextShape(), 0),
            new("config", new SectionListShape(
                new SectionShape(
                [
                    new("subnet", new TextShape(), 0),
                    new("ip_range", new TextShape(), Spec),
                    new("gateway", new TextShape(), Spec),
                    new("aux_addresses", new PairsShape(), Spec),
                ])
                {
                    ExtrasSince = Spec,
                },
                null), 0),
            new("options", new PairsShape(), Spec),
        ])
        {
            ExtrasSince = Spec,
        }, 0),
        new("external", new ExternalShape("network"), 0),
        new("internal", new FlagShape(), 0),
        new("enable_ipv4", new FlagShape(), Spec) { ShowsEmpty = true },
        new("enable_ipv6", new FlagShape(), Spec) { ShowsEmpty = true },
        new("attachable", new FlagShape(), 2),
        new("labels", new PairsShape(), 0),
    ])
    {
        TakesNull = true,
        ExtrasSince = 7,
        ShowsExtrasOfExternalOnly = true,
        Finish = (map, path, _) => External.Finish(map, path, "network"),
    };

    private static SectionShape Volume => new(
    [
        new("name", new TextShape(), 4),
        new("driver", new TextShape(), 0),
        new("driver_opts", new PairsShape(), 0),
        new("external", new ExternalShape("volume"), 0),
        new("labels", new PairsShape(), 0),
        new("x-cluster-spec", new AnyShape(), 7) { Unused = "cluster volumes are not supported" },
    ])
    {
        TakesNull = true,
        ExtrasSince = 7,
        ShowsExtrasOfExternalOnly = true,
        Finish = (map, path, _) => External.Finish(map, path, "volume"),
    };

    private static SectionShape FileObject(string thing, int since) => new(
    [
        new("name", new TextShape(), 5),
        new("content", new TextShape(), thing == "config" ? Spec : int.MaxValue) { ShowsEmpty = true },
        new("environment", new TextShape(), Spec),
        new("file", new TextShape(), since),
        new("external", new ExternalShape(thing), since),
        new("labels", new PairsShape(), since),
        new("driver", new TextShape(), thing == "secret" ? 8 : int.MaxValue),
        new("driver_opts", new PairsShape(), thing == "secret" ? 8 : int.MaxValue),
        new("template_driver", new TextShape(), 8),
    ])
    {
        ExtrasSince = 7,
        Finish = (map, path, reading) => External.FinishFile(map, path, thing, reading),
    };
}

/// <summary>What `external` means for the rest of a section.</summary>
internal static class External
{
    public static YamlMap Finish(YamlMap map, string path, string thing)
    {
        string key = path[(path.IndexOf('.') + 1)..];
        switch (map["external"])
        {
            case YamlMap old:
                if (thing == "volume")
                {
                    RefuseConflicts(map, key);
                }

                if (old["name"] is { } name)
                {
                    if (map["name"] is not null)
                    {
                        throw Reading.Wrong(
                            map, $"{thing} {key}:",
                            $"{thing}.external.name and {thing}.name conflict; only use {thing}.name");
                    }

                    map = map.With("name", name);
                }

                map = map.With("external", new YamlFlag(true, old.Place));
                break;
            case YamlFlag { Value: true } when thing == "volume":
                RefuseConflicts(map, key);
                break;
            case YamlFlag { Value: true }:
                break;
            default:
                return map;
        }

        return map["name"] is null ? map.With("name", new YamlText(key, map.Place)) : map;
    }

    public static YamlMap FinishFile(YamlMap map, string path, string thing, Reading reading)
    {
        map = Finish(map, path, thing);
        if (map["environment"] is YamlText variable)
        {
            map = map.With("environment", variable with { Lookup = reading.Lookup });
        }

        string key = path[(path.IndexOf('.') + 1)..];
        if (map["external"] is YamlFlag { Value: true })
        {
            return map;
        }

        string[] sources =
            [.. new[] { "file", "content", "environment", "driver" }.Where(name => map[name] is not null)];
        if (sources.Length > 1)
        {
            throw Reading.Wrong(
                map,
                $"{thing} {key}:",
                $"{thing}.{sources[1]} and {thing}.{sources[0]} conflict; only use one of them");
        }

        if (map["file"] is YamlText file)
        {
            return map.With("file", file with { Value = reading.Absolute(file.Value) });
        }

        return sources.Length > 0
            ? map
            : map.With("file", new YamlText(Reading.CleanPath(reading.Directory), map.Place));
    }

    private static void RefuseConflicts(YamlMap map, string key)
    {
        foreach (string other in new[] { "driver", "driver_opts", "labels" })
        {
            if (map[other] is { } value and not YamlMap { Entries.Count: 0 } and not YamlText { Value: "" })
            {
                throw Reading.Wrong(
                    value,
                    $"volumes.{key}",
                    $"conflicting parameters \"external\" and \"{other}\" specified for volume \"{key}\"");
            }
        }
    }
}
