using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>What may stand behind a key: it checks, brings to long form, merges and shows.</summary>
internal abstract class Shape
{
    /// <summary>The node in long form. Reading what this gives once more changes nothing.</summary>
    /// <exception cref="ComposeException">It is not of this shape.</exception>
    public abstract YamlNode Read(YamlNode node, string path, Reading reading);

    /// <summary>Both in long form; a later file counts.</summary>
    public virtual YamlNode Merge(YamlNode below, YamlNode above) => above;

    /// <summary>As it is printed: keys in order, without those that say nothing.</summary>
    public virtual YamlNode Show(YamlNode node, Showing showing) => node;
}

/// <summary>Finds out, while a project is shown, whether it needs more than version 3.</summary>
internal sealed class Showing
{
    public bool NeedsSpecification { get; set; }
}

/// <summary>Anything at all, kept as it is.</summary>
internal sealed class AnyShape : Shape
{
    public override YamlNode Read(YamlNode node, string path, Reading reading) => node;

    public override YamlNode Show(YamlNode node, Showing showing) => Ordered(node);

    /// <summary>Mappings that nobody gave an order are sorted.</summary>
    public static YamlNode Ordered(YamlNode node) => node switch
    {
        YamlList list => list with { Items = [.. list.Items.Select(Ordered)] },
        YamlMap map => map with
        {
            Entries = [.. map.Entries
                .OrderBy(entry => entry.Key, KeyOrder.Instance)
                .Select(entry => entry with { Value = Ordered(entry.Value) })],
        },
        _ => node,
    };
}
