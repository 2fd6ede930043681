using System.Globalization;
using Skep.Docker.Compose.Yaml;
using Skep.Docker.Values;

namespace Skep.Docker.Compose.Grammar;

/// <summary>Text. Numbers only where the specification takes them.</summary>
internal sealed class TextShape : Shape
{
    /// <summary>A number is its digits, in files of the Compose specification.</summary>
    public bool TakesNumbers { get; init; }

    /// <summary>Nothing is the empty text.</summary>
    public bool TakesNull { get; init; }

    /// <summary>All that it may be; empty: anything.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>A path, made absolute. Empty stays empty.</summary>
    public bool IsPath { get; init; }

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        YamlText text = node switch
        {
            YamlText written => written,
            YamlMoment => throw Reading.Wrong(node, path, "must be a string: put a date in quotes"),
            YamlNull when TakesNull => new YamlText("", node.Place),
            YamlInteger or YamlNumber when TakesNumbers && reading.IsSpecification =>
                new YamlText(PlainText.Of(node), node.Place),
            _ => throw Reading.Wrong(node, path, TakesNull ? "must be a string or null" : "must be a string"),
        };
        if (Words.Count > 0 && !Words.Contains(text.Value))
        {
            string words = string.Join(", ", Words.Select(word => $"\"{word}\""));
            throw Reading.Wrong(node, path, $"must be one of the following: {words}");
        }

        return IsPath && text.Value.Length > 0 ? text with { Value = reading.Absolute(text.Value) } : text;
    }
}

/// <summary>true or false; a word for it where a variable was put in, or the specification takes it.</summary>
internal sealed class FlagShape : Shape
{
    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is YamlFlag)
        {
            return node;
        }

        if (node is not YamlText text || !(text.IsInterpolated || reading.IsSpecification))
        {
            throw Reading.Wrong(node, path, "must be a boolean");
        }

        bool? value = text.Value.ToLowerInvariant() switch
        {
            "y" or "yes" or "true" or "on" => true,
            "n" or "no" or "false" or "off" => false,
            _ => null,
        };
        return value is { } flag
            ? new YamlFlag(flag, node.Place)
            : throw Reading.Wrong(node, path, $"must be a boolean: \"{text.Value}\" is none");
    }
}

/// <summary>A whole number.</summary>
internal sealed class IntegerShape : Shape
{
    public long Least { get; init; } = long.MinValue;
    public long Most { get; init; } = long.MaxValue;

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        YamlInteger number = node switch
        {
            YamlInteger integer => integer,
            YamlNumber { Value: var value } when value == Math.Floor(value) && Math.Abs(value) < 1e15 =>
                new YamlInteger((long)value, node.Place),
            YamlText text when (text.IsInterpolated || reading.IsSpecification)
                && long.TryParse(
                    text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed) =>
                new YamlInteger(parsed, node.Place),
            _ => throw Reading.Wrong(node, path, "must be an integer"),
        };
        return number.Value < Least || number.Value > Most
            ? throw Reading.Wrong(node, path, Most == long.MaxValue
                ? $"must be greater than or equal to {Least}"
                : $"must be between {Least} and {Most}")
            : number;
    }
}

/// <summary>A number with a fraction.</summary>
internal sealed class NumberShape : Shape
{
    public override YamlNode Read(YamlNode node, string path, Reading reading) => node switch
    {
        YamlInteger integer => new YamlNumber(integer.Value, node.Place) { IsSingle = true },
        YamlNumber number => number with { IsSingle = true },
        YamlText text when (text.IsInterpolated || reading.IsSpecification)
            && double.TryParse(text.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) =>
            new YamlNumber(parsed, node.Place) { IsSingle = true },
        _ => throw Reading.Wrong(node, path, "must be a number"),
    };
}

/// <summary>A time such as 1m30s, printed as Go prints it.</summary>
internal sealed class DurationShape : Shape
{
    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is not YamlText text)
        {
            throw Reading.Wrong(node, path, "must be a string such as 1m30s");
        }

        return GoDuration.TryParse(text.Value) is { } nanoseconds
            ? text with { Value = GoDuration.Text(nanoseconds) }
            : throw Reading.Wrong(
                node, path, $"does not match format 'duration': \"{text.Value}\" should be like 10s or 1m30s");
    }
}

/// <summary>A size such as 50M, as digits.</summary>
internal sealed class BytesShape : Shape
{
    /// <summary>Printed as written; version 3 takes any text.</summary>
    public bool KeepsText { get; init; }

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        YamlText text = node switch
        {
            YamlText written => written,
            YamlInteger or YamlNumber when reading.IsSpecification => new YamlText(PlainText.Of(node), node.Place),
            _ => throw Reading.Wrong(node, path, "must be a string such as 50M"),
        };
        try
        {
            long bytes = ByteSize.Parse(text.Value);
            return KeepsText ? text : text with { Value = bytes.ToString(CultureInfo.InvariantCulture) };
        }
        catch (FormatException) when (KeepsText && !reading.IsSpecification)
        {
            reading.Warn(new(node.Place, path, $"\"{text.Value}\" is no size such as 50M: it is left out"));
            return text;
        }
        catch (FormatException wrong)
        {
            throw Reading.Wrong(node, path, $"must be a size such as 50M: {wrong.Message}");
        }
    }
}
