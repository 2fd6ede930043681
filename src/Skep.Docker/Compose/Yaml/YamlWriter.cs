using System.Globalization;
using System.Text;
using Skep.Docker.Compose.Grammar;

namespace Skep.Docker.Compose.Yaml;

/// <summary>Nodes to text: block style, two spaces, lists further in than their key, as Docker prints them.</summary>
internal sealed class YamlWriter
{
    private readonly StringBuilder text = new();

    public static string Write(YamlMap root)
    {
        var writer = new YamlWriter();
        if (root.Entries.Count == 0)
        {
            return "{}\n";
        }

        writer.WriteMap(root, 0, false);
        return writer.text.ToString();
    }

    /// <param name="startsInLine">The first key follows the dash of a list.</param>
    private void WriteMap(YamlMap map, int indent, bool startsInLine)
    {
        bool isFirst = startsInLine;
        foreach (YamlEntry entry in map.Entries)
        {
            text.Append(' ', isFirst ? 0 : indent);
            isFirst = false;
            text.Append(TextStyle.Key(entry.Key)).Append(':');
            WriteValue(entry.Value, indent, false);
        }
    }

    private void WriteValue(YamlNode node, int indent, bool isItem)
    {
        switch (node)
        {
            case YamlMap { Entries.Count: > 0 } map when isItem:
                text.Append(' ');
                WriteMap(map, indent + 2, true);
                break;
            case YamlMap { Entries.Count: > 0 } map:
                text.Append('\n');
                WriteMap(map, indent + 2, false);
                break;
            case YamlList { Items.Count: > 0 } list when isItem:
                text.Append(' ');
                WriteList(list, indent + 2, true);
                break;
            case YamlList { Items.Count: > 0 } list:
                text.Append('\n');
                WriteList(list, indent + 2, false);
                break;
            default:
                WriteScalar(node, indent);
                break;
        }
    }

    private void WriteList(YamlList list, int indent, bool startsInLine)
    {
        bool isFirst = startsInLine;
        foreach (YamlNode item in list.Items)
        {
            text.Append(' ', isFirst ? 0 : indent).Append('-');
            isFirst = false;
            WriteValue(item, indent, true);
        }
    }

    private void WriteScalar(YamlNode node, int indent)
    {
        if (node is YamlText { Value: var value } && value.Contains('\n') && TextStyle.CanBeBlock(value))
        {
            WriteBlock(value, indent + 2);
            return;
        }

        string written = node switch
        {
            YamlNull => "null",
            YamlMap => "{}",
            YamlList => "[]",
            YamlText plain => TextStyle.Value(plain.Value),
            YamlMoment moment => moment.Value.ToString(
                moment.Value.Offset == TimeSpan.Zero
                    ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"
                    : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
                CultureInfo.InvariantCulture),
            YamlNumber { Value: double.PositiveInfinity } => ".inf",
            YamlNumber { Value: double.NegativeInfinity } => "-.inf",
            YamlNumber { Value: double.NaN } => ".nan",
            YamlNumber number => PlainText.Number(number.Value, number.IsSingle),
            _ => PlainText.Of(node),
        };
        text.Append(' ').Append(written).Append('\n');
    }

    /// <summary>Line for line behind a bar. The sign behind the bar says how it ends.</summary>
    private void WriteBlock(string value, int indent)
    {
        text.Append(" |");
        if (value[0] is ' ' or '\n')
        {
            text.Append('2');
        }

        bool endsWithBreak = value[^1] == '\n';
        text.Append(!endsWithBreak ? "-" : value.Length == 1 || value[^2] == '\n' ? "+" : "").Append('\n');
        string[] lines = (endsWithBreak ? value[..^1] : value).Split('\n');
        foreach (string line in lines)
        {
            text.Append(' ', line.Length == 0 ? 0 : indent).Append(line).Append('\n');
        }
    }
}
