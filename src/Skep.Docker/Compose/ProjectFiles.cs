using Skep.Docker.Compose.Grammar;
using Skep.Docker.Compose.Interpolation;
using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose;

/// <summary>All files of one project, on their way to one long form.</summary>
internal sealed class ProjectFiles
{
    private readonly ComposeRequest request;
    private readonly HashSet<ComposeWarning> warned = [];
    private readonly Dictionary<(string Path, Func<string, string?> Lookup), (YamlMap, Reading)> extended = [];
    private int filesRead;

    public ProjectFiles(ComposeRequest request)
    {
        this.request = request;
        Lookup = Variables();
    }

    public List<ComposeWarning> Warnings { get; } = [];

    public List<string> VariableFiles { get; } = [];

    /// <summary>All files of the command line are without a version.</summary>
    public bool IsOfSpecification { get; private set; } = true;

    /// <summary>The shell's variables, then those of the files of variables.</summary>
    public Func<string, string?> Lookup { get; }

    public IEnumerable<string> ActiveProfiles =>
        [.. request.Profiles, .. (Lookup("COMPOSE_PROFILES") ?? "").Split(',').Select(name => name.Trim())];

    public void Warn(ComposeWarning warning)
    {
        if (warned.Add(warning))
        {
            Warnings.Add(warning);
        }
    }

    public YamlMap Load()
    {
        if (request.Sources.Count == 0)
        {
            throw new ComposeException("Specify a Compose file (with --compose-file)", null);
        }

        return LoadAll(request.Sources, request.Directory, false, Lookup, []);
    }

    /// <summary>Files that are laid over each other.</summary>
    public YamlMap LoadAll(
        IEnumerable<ComposeSource> sources,
        string directory,
        bool isElsewhere,
        Func<string, string?> lookup,
        IReadOnlyList<string> chain)
    {
        YamlMap? merged = null;
        string? version = null;
        foreach (ComposeSource source in sources)
        {
            YamlMap root = YamlReader.Read(source, Warn);
            string own = VersionOf(root);
            version ??= own;
            if (own != version)
            {
                throw ComposeException.At(
                    new(source.Name, 1), $"version mismatched between two composefiles : {version} and {own}");
            }

            (YamlMap file, Reading reading) = LoadRoot(root, own, directory, isElsewhere, lookup, chain);
            file = Extensions.Apply(file, reading, this, chain);
            merged = merged is null
                ? (YamlMap)Merging.WithoutResets(file)
                : (YamlMap)ProjectKeys.Shape.Merge(merged, WithoutExtras(file));
        }

        return merged!;
    }

    /// <summary>
    /// A file whose services others extend, in long form, and how it was read: what its services extend themselves is
    /// still to be put in. It is read once, however many extend it.
    /// </summary>
    public (YamlMap File, Reading Reading) Extended(
        string path, Func<string, string?> lookup, YamlNode from, string key, IReadOnlyList<string> chain)
    {
        if (!extended.TryGetValue((path, lookup), out (YamlMap, Reading) known))
        {
            YamlMap root = YamlReader.Read(Open(path, from, key), Warn);
            known = LoadRoot(root, VersionOf(root), Extensions.DirectoryOf(path), true, lookup, chain);
            extended.Add((path, lookup), known);
        }

        return known;
    }

    /// <summary>The text of a file that another one names.</summary>
    public ComposeSource Open(string path, YamlNode from, string key)
    {
        if (++filesRead > ComposeLimits.Files)
        {
            throw Reading.Wrong(from, key, $"would read more than {ComposeLimits.Files} files");
        }

        return request.ReadFile(path) is { } text
            ? new(path, text)
            : throw Reading.Wrong(from, key, $"open {path}: no such file or directory");
    }

    /// <summary>Relative paths of the files of the command line start here.</summary>
    public string Directory => request.Directory;

    public string? TryRead(string path) => request.ReadFile(path);

    private (YamlMap File, Reading Reading) LoadRoot(
        YamlMap root,
        string version,
        string directory,
        bool isElsewhere,
        Func<string, string?> lookup,
        IReadOnlyList<string> chain)
    {
        var reading = new Reading
        {
            Dialect = DialectOf(root, version),
            Directory = directory,
            IsElsewhere = isElsewhere,
            Lookup = lookup,
            ReadFile = request.ReadFile,
            Warn = Warn,
        };
        IsOfSpecification &= isElsewhere || reading.IsSpecification;
        YamlMap filled = request.SkipInterpolation
            ? root
            : new Interpolator(lookup, !reading.IsSpecification, Warn).Apply(root);
        var file = (YamlMap)ProjectKeys.Shape.Read(filled, "", reading);
        file = Front(file, "version", version);
        return (Includes.Apply(file, reading, this, chain), reading);
    }

    private static YamlMap Front(YamlMap file, string key, string text) => file with
    {
        Entries = [new(key, file.Place, new YamlText(text, file.Place)), .. file.Without(key).Entries],
    };

    private static YamlMap WithoutExtras(YamlMap file) => file with
    {
        Entries = [.. file.Entries.Where(entry => !entry.Key.StartsWith("x-", StringComparison.Ordinal))],
    };

    private static string VersionOf(YamlMap root) => root["version"] switch
    {
        null or YamlText { Value: "" or "3" } => $"3.{Reading.LastMinor}",
        YamlText text => text.Value,
        { } other => throw Reading.Wrong(other, "version", "must be a string: put it in quotes"),
    };

    private static int DialectOf(YamlMap root, string version)
    {
        if (root["version"] is null or YamlText { Value: "" })
        {
            return Reading.Specification;
        }

        bool isKnown = version.StartsWith("3.", StringComparison.Ordinal)
            && int.TryParse(version[2..], out int minor)
            && version == $"3.{minor}"
            && minor is >= 0 and <= Reading.LastMinor;
        return isKnown
            ? int.Parse(version[2..])
            : throw ComposeException.At(
                root["version"]!.Place,
                $"unsupported Compose file version: {version}; use 3 to 3.{Reading.LastMinor}, or leave it out");
    }

    private Func<string, string?> Variables()
    {
        var shell = request.Environment;
        var files = new Dictionary<string, string?>();
        string? Look(string name) => shell.TryGetValue(name, out string? value) ? value : files.GetValueOrDefault(name);

        IEnumerable<string> paths = request.EnvFiles.Count > 0 ? request.EnvFiles : [$"{request.Directory}/.env"];
        foreach (string path in paths)
        {
            if (request.ReadFile(path) is not { } text)
            {
                if (request.EnvFiles.Count > 0)
                {
                    throw new ComposeException($"couldn't find env file: {path}", null);
                }

                continue;
            }

            VariableFiles.Add(path);
            foreach ((string name, string? value) in DotEnv.Read(text, path, Look, Warn))
            {
                files[name] = value;
            }
        }

        return Look;
    }
}
