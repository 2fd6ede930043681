using Skep.Docker.Compose.Grammar;
using Skep.Docker.Compose.Model;
using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose;

/// <summary>Reads compose files: any number of them becomes one <see cref="ComposeProject"/>.</summary>
/// <remarks>
/// Each file goes through the same steps: YAML, variables, the check of every key and the long form, what it includes
/// and extends. Then later files are laid over earlier ones, and only then the result becomes a typed model.
/// </remarks>
public static class ComposeLoader
{
    /// <exception cref="ComposeException">The files are refused.</exception>
    public static ComposeProject Load(ComposeRequest request)
    {
        var files = new ProjectFiles(request);
        return ModelBinding.Bind(Merged(files), files);
    }

    /// <summary>The same as a compose file in long form: what `stack config` prints.</summary>
    /// <exception cref="ComposeException">The files are refused.</exception>
    public static ComposeText Show(ComposeRequest request)
    {
        var files = new ProjectFiles(request);
        YamlMap merged = Merged(files);
        var showing = new Showing();
        var shown = (YamlMap)ProjectKeys.Shape.Show(merged, showing);
        shown = showing.NeedsSpecification ? shown.Without("version") : shown;
        return new(YamlWriter.Write(shown), [.. files.Warnings], [.. files.VariableFiles]);
    }

    private static YamlMap Merged(ProjectFiles files)
    {
        YamlMap merged = files.Load();
        merged = merged["services"] is null
            ? merged.With("services", new YamlMap([], merged.Place))
            : merged;
        return Profiles.Apply(merged, files);
    }
}

/// <summary>A project in long form, and what is to be said beside it.</summary>
public sealed record ComposeText(
    string Yaml, IReadOnlyList<ComposeWarning> Warnings, IReadOnlyList<string> VariableFiles);
