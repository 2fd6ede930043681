using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Interpolation;

/// <summary>Puts variables into every text of a file; keys stay as they are.</summary>
internal sealed class Interpolator(Func<string, string?> lookup, bool hasBareOperators, Action<ComposeWarning> warn)
{
    public YamlMap Apply(YamlMap root) => ApplyToMap(root, "");

    private YamlNode Apply(YamlNode node, string path) => node switch
    {
        YamlText text => ApplyToText(text, path),
        YamlList list => list with { Items = [.. list.Items.Select((item, index) => Apply(item, $"{path}.{index}"))] },
        YamlMap map => ApplyToMap(map, path + "."),
        _ => node,
    };

    private YamlMap ApplyToMap(YamlMap map, string prefix) => map with
    {
        Entries = [.. map.Entries.Select(entry => entry with { Value = Apply(entry.Value, prefix + entry.Key) })],
    };

    private YamlText ApplyToText(YamlText text, string path)
    {
        var substitution = new Substitution(
            lookup,
            name => warn(new(text.Place, path, $"the variable {name} is not set, a blank string stands in for it")))
        {
            HasBareOperators = hasBareOperators,
        };
        try
        {
            string value = substitution.Apply(text.Value);
            return value == text.Value ? text : text with { Value = value, IsInterpolated = true };
        }
        catch (SubstitutionException wrong)
        {
            throw ComposeException.At(
                text.Place,
                $"invalid interpolation format for {path}: \"{wrong.Message}\"; "
                    + "you may need to escape any $ with another $");
        }
    }
}
