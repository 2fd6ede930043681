using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Skep.Docker.Compose.Yaml;

/// <summary>Text to nodes. Aliases and merge keys are put in; each key is text and stands once.</summary>
internal sealed class YamlReader
{
    private readonly string file;
    private readonly Parser parser;
    private readonly Dictionary<string, YamlNode> anchors = [];
    private int nodes;

    private YamlReader(ComposeSource source)
    {
        file = source.Name;
        parser = new Parser(new StringReader(source.Text));
    }

    public static YamlMap Read(ComposeSource source, Action<ComposeWarning> warn)
    {
        if (source.Text.Length > ComposeLimits.FileCharacters)
        {
            throw ComposeException.At(
                new(source.Name, 1), $"the file is longer than {ComposeLimits.FileCharacters} characters");
        }

        try
        {
            return new YamlReader(source).ReadDocument(warn);
        }
        catch (YamlException wrong)
        {
            string problem = wrong.Message.TrimEnd('.');
            throw ComposeException.At(new(source.Name, Math.Max(1, (int)wrong.Start.Line)), $"yaml: {problem}");
        }
    }

    private YamlMap ReadDocument(Action<ComposeWarning> warn)
    {
        parser.MoveNext();
        YamlNode? root = null;
        while (parser.MoveNext() && parser.Current is not StreamEnd)
        {
            if (parser.Current is not DocumentStart)
            {
                continue;
            }

            if (root is not null)
            {
                warn(new(Here, "(root)", "only the first document of a file is read"));
                break;
            }

            parser.MoveNext();
            root = ReadNode(0);
        }

        return root as YamlMap
            ?? throw ComposeException.At(root?.Place ?? new(file, 1), "top-level object must be a mapping");
    }

    private ComposePlace Here => new(file, (int)(parser.Current?.Start.Line ?? 1));

    /// <summary>Reads the node that the parser stands at and steps behind it.</summary>
    private YamlNode ReadNode(int depth)
    {
        Count(1);
        CheckDepth(depth);
        ComposePlace place = Here;
        switch (parser.Current)
        {
            case AnchorAlias alias:
                parser.MoveNext();
                return Aliased(alias.Value.Value, place, depth);
            case Scalar scalar:
                parser.MoveNext();
                return Remember(scalar.Anchor, ReadScalar(scalar, place));
            case SequenceStart start:
                return Remember(start.Anchor, ReadList(start, place, depth));
            case MappingStart start:
                return Remember(start.Anchor, ReadMap(start, place, depth));
            default:
                throw ComposeException.At(place, "yaml: did not find expected node content");
        }
    }

    private YamlNode Aliased(string name, ComposePlace place, int depth)
    {
        if (!anchors.TryGetValue(name, out YamlNode? node))
        {
            throw ComposeException.At(place, $"yaml: unknown anchor '{name}' referenced");
        }

        Count(SizeOf(node));
        CheckDepth(depth + LevelsOf(node));
        return node;
    }

    private YamlNode Remember(AnchorName anchor, YamlNode node)
    {
        if (!anchor.IsEmpty)
        {
            anchors[anchor.Value] = node;
        }

        return node;
    }

    private YamlNode ReadScalar(Scalar scalar, ComposePlace place)
    {
        string tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        YamlNode node = scalar.Style == ScalarStyle.Plain && tag is not ("tag:yaml.org,2002:str" or "!")
            ? YamlScalars.Resolve(scalar.Value, place)
            : new YamlText(scalar.Value, place);
        node = (tag, node) switch
        {
            ("tag:yaml.org,2002:float", YamlInteger integer) => new YamlNumber(integer.Value, place),
            ("tag:yaml.org,2002:int" or "tag:yaml.org,2002:bool", YamlText text) =>
                YamlScalars.Resolve(text.Value, place),
            _ => node,
        };
        return node with { Tag = MergeTag(tag) };
    }

    private YamlList ReadList(SequenceStart start, ComposePlace place, int depth)
    {
        var items = new List<YamlNode>();
        parser.MoveNext();
        while (parser.Current is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        parser.MoveNext();
        return new(items, place) { Tag = MergeTag(start.Tag.IsEmpty ? "" : start.Tag.Value) };
    }

    private YamlMap ReadMap(MappingStart start, ComposePlace place, int depth)
    {
        var entries = new List<YamlEntry>();
        var keys = new Dictionary<string, ComposePlace>();
        var merged = new List<YamlNode>();
        parser.MoveNext();
        while (parser.Current is not MappingEnd)
        {
            ComposePlace keyPlace = Here;
            bool isMerge = parser.Current is Scalar { Style: ScalarStyle.Plain, Value: "<<" };
            string key = KeyText(ReadNode(depth + 1), keyPlace);
            YamlNode value = ReadNode(depth + 1);
            if (isMerge)
            {
                merged.Add(value);
                continue;
            }

            if (!keys.TryAdd(key, keyPlace))
            {
                throw ComposeException.At(
                    keyPlace, $"mapping key \"{key}\" already defined at line {keys[key].Line}");
            }

            entries.Add(new(key, keyPlace, value));
        }

        parser.MoveNext();
        merged.ForEach(node => Merge(entries, keys, node));
        return new(entries, place) { Tag = MergeTag(start.Tag.IsEmpty ? "" : start.Tag.Value) };
    }

    private static string KeyText(YamlNode key, ComposePlace place) => key is YamlText text
        ? text.Value
        : throw ComposeException.At(place, "a key must be a string: put it in quotes");

    /// <summary>What the mapping says itself stays; of several merged ones the first that has a key counts.</summary>
    private static void Merge(List<YamlEntry> entries, Dictionary<string, ComposePlace> keys, YamlNode merged)
    {
        switch (merged)
        {
            case YamlMap map:
                entries.AddRange(map.Entries.Where(entry => keys.TryAdd(entry.Key, entry.Place)));
                break;
            case YamlList list when list.Items.All(item => item is YamlMap):
                foreach (YamlNode item in list.Items)
                {
                    Merge(entries, keys, item);
                }

                break;
            default:
                throw ComposeException.At(
                    merged.Place, "yaml: map merge requires map or sequence of maps as the value");
        }
    }

    private static string? MergeTag(string tag) => tag is "!reset" or "!override" ? tag : null;

    /// <summary>What reads, fills in and merges nodes calls itself for each level.</summary>
    private void CheckDepth(int depth)
    {
        if (depth > ComposeLimits.Depth)
        {
            throw ComposeException.At(Here, $"nested deeper than {ComposeLimits.Depth} levels");
        }
    }

    private void Count(int more)
    {
        nodes += more;
        if (nodes > ComposeLimits.Nodes)
        {
            throw ComposeException.At(
                Here, $"yaml: document contains excessive aliasing: more than {ComposeLimits.Nodes} values");
        }
    }

    /// <summary>A long text counts as several values: it is written out as often as it is referred to.</summary>
    private static int SizeOf(YamlNode node) => node switch
    {
        YamlList list => 1 + list.Items.Sum(SizeOf),
        YamlMap map => 1 + map.Entries.Sum(entry => SizeOf(entry.Key) + SizeOf(entry.Value)),
        YamlText text => SizeOf(text.Value),
        _ => 1,
    };

    private static int SizeOf(string text) => 1 + (text.Length / ComposeLimits.ValueCharacters);

    /// <summary>How many levels lie below a node.</summary>
    private static int LevelsOf(YamlNode node) => node switch
    {
        YamlList { Items.Count: > 0 } list => 1 + list.Items.Max(LevelsOf),
        YamlMap { Entries.Count: > 0 } map => 1 + map.Entries.Max(entry => LevelsOf(entry.Value)),
        _ => 0,
    };
}
