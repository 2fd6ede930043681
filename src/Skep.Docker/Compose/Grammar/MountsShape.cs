using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>Mounts of a service: "SOURCE:TARGET:OPTIONS", or sections. Long form has absolute paths.</summary>
internal static class MountsShape
{
    private const int Spec = Reading.Specification;

    private static readonly string[] Propagations =
        ["rprivate", "private", "rshared", "shared", "rslave", "slave"];

    public static Shape Make() => new SectionListShape(One, mount => PlainText.Of(mount["target"] ?? mount));

    private static readonly SectionShape One = new(
    [
        new("type", new TextShape(), 2),
        new("source", new TextShape(), 2),
        new("target", new TextShape(), 2),
        new("read_only", new FlagShape(), 2),
        new("consistency", new TextShape(), 2),
        new("bind", Group(
        [
            new("propagation", new TextShape(), 2),
            new("create_host_path", new FlagShape(), Spec) { ShowsEmpty = true },
            new("recursive", new TextShape(), Spec) { Unused = "not supported: mounts below are bound too" },
            new("selinux", new TextShape(), Spec) { Unused = "not supported in services: files are not relabelled" },
        ]), 2) { ShowsEmpty = true },
        new("volume", Group(
        [
            new("nocopy", new FlagShape(), 2),
            new("subpath", new TextShape(), 2),
            new("labels", new PairsShape(), Spec) { Unused = "label the volume in the section `volumes` instead" },
        ]), 2) { ShowsEmpty = true },
        new("image", Group([new("subpath", new TextShape(), Spec)]), Spec) { ShowsEmpty = true },
        new("tmpfs", Group(
        [
            new("size", new TmpfsSizeShape(), 2),
            new("mode", new ModeShape(), Spec),
        ]), 6) { ShowsEmpty = true },
        new("cluster", Group([]), Spec) { ShowsEmpty = true, Unused = "cluster volumes are not supported" },
    ])
    {
        ExtrasSince = Spec,
        Required = ["type"],
        Expected = "a string or mapping",
        ShortForm = (node, path, reading) => node is YamlText text ? Short(text.Value, node, path, reading) : null,
        Finish = Finish,
    };

    private static SectionShape Group(IReadOnlyList<Key> keys) =>
        new(keys) { OpenSince = 0, ExtrasSince = 0, TakesNull = true };

    private static YamlMap Finish(YamlMap mount, string path, Reading reading)
    {
        if (mount["type"] is not YamlText { Value: "bind" })
        {
            return mount;
        }

        if (mount["source"] is not YamlText { Value: { Length: > 0 } source } node)
        {
            throw Reading.Wrong(
                mount, path, "invalid mount config for type \"bind\": field Source must not be empty");
        }

        return mount.With("source", node with { Value = AbsolutePath(source, node, path, reading) });
    }

    private static string AbsolutePath(string source, YamlNode node, string path, Reading reading)
    {
        if (source.StartsWith('~'))
        {
            if (reading.Lookup("HOME") is not { } home)
            {
                reading.Warn(new(node.Place, path, "cannot expand '~', because the environment lacks HOME"));
                return reading.Absolute(source);
            }

            source = home + source[1..];
        }

        bool isWindowsPath = (source.Length > 2 && IsDrive(source) && source[2] is '/' or '\\')
            || source.StartsWith(@"\\", StringComparison.Ordinal);
        return isWindowsPath || source.StartsWith('/') ? source : reading.Absolute(source);
    }

    private static bool IsDrive(string text) => text.Length > 1 && char.IsLetter(text[0]) && text[1] == ':';

    private static YamlMap Short(string spec, YamlNode node, string path, Reading reading)
    {
        if (spec.Length == 0)
        {
            throw Reading.Wrong(node, path, "invalid empty volume spec");
        }

        List<string> fields = spec.Length <= 2 ? [spec] : Fields(spec);
        if (fields.Any(field => field.Length == 0))
        {
            throw Reading.Wrong(node, path, $"invalid spec: {spec}: empty section between colons");
        }

        if (fields.Count > 3)
        {
            throw Reading.Wrong(node, path, $"invalid spec: {spec}: too many colons");
        }

        string source = fields.Count > 1 ? fields[0] : "";
        YamlText Text(string text) => new(text, node.Place);
        var mount = new YamlMap([], node.Place);
        mount = mount.With("type", Text(IsPath(source) ? "bind" : "volume"));
        mount = source.Length > 0 ? mount.With("source", Text(source)) : mount;
        mount = mount.With("target", Text(fields.Count > 1 ? fields[1] : fields[0]));
        return fields.Count > 2 ? WithOptions(mount, fields[2], path, reading) : mount;
    }

    private static YamlMap WithOptions(YamlMap mount, string options, string path, Reading reading)
    {
        YamlMap Group(string key, YamlNode value) =>
            new([new(key, mount.Place, value)], mount.Place);

        foreach (string option in options.Split(','))
        {
            mount = option switch
            {
                "ro" => mount.With("read_only", new YamlFlag(true, mount.Place)),
                "rw" => mount.With("read_only", new YamlFlag(false, mount.Place)),
                "nocopy" => mount.With("volume", Group("nocopy", new YamlFlag(true, mount.Place))),
                _ when Propagations.Contains(option) =>
                    mount.With("bind", Group("propagation", new YamlText(option, mount.Place))),
                _ => Warned(option),
            };
        }

        return mount;

        YamlMap Warned(string option)
        {
            reading.Warn(new(mount.Place, path, UnknownOption(option)));
            return mount;
        }
    }

    /// <summary>Docker's command line drops these without a word.</summary>
    private static string UnknownOption(string option) => option switch
    {
        "readonly" => "the mount option \"readonly\" is not known, and the mount can be written to: write ro",
        "z" or "Z" => $"the mount option \"{option}\" is left out: services do not relabel files",
        _ => $"the mount option \"{option}\" is not known: it is left out",
    };

    /// <summary>Parts between colons; that of a Windows drive is none.</summary>
    private static List<string> Fields(string spec)
    {
        var fields = new List<string>();
        int start = 0;
        for (int index = 0; index < spec.Length; index++)
        {
            bool isDrive = index == start + 1 && char.IsLetter(spec[start]);
            if (spec[index] == ':' && !isDrive)
            {
                fields.Add(spec[start..index]);
                start = index + 1;
            }
        }

        fields.Add(spec[start..]);
        return fields;
    }

    private static bool IsPath(string source) =>
        source.Length > 0 && (source[0] is '.' or '/' or '~'
            || source.StartsWith(@"\\", StringComparison.Ordinal)
            || IsDrive(source));

    /// <summary>Bytes, as a number; the specification also writes sizes.</summary>
    private sealed class TmpfsSizeShape : Shape
    {
        private static readonly BytesShape Size = new();
        private static readonly IntegerShape Number = new() { Least = 0 };

        public override YamlNode Read(YamlNode node, string path, Reading reading) =>
            Number.Read(
                node is YamlText && reading.IsSpecification
                    ? Size.Read(node, path, reading)
                    : node,
                path,
                reading);
    }
}
