using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>Devices as SOURCE[:TARGET[:RIGHTS]]; the specification also writes sections.</summary>
internal sealed class DevicesShape : Shape
{
    private static readonly TextListShape Texts = new();
    private static readonly SectionShape Long = new(
    [
        new("source", new TextShape(), Reading.Specification),
        new("target", new TextShape(), Reading.Specification),
        new("permissions", new TextShape(), Reading.Specification),
    ])
    {
        Required = ["source"],
        ExtrasSince = Reading.Specification,
        Expected = "a string or mapping",
    };

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (!reading.IsSpecification || node is not YamlList list)
        {
            return Texts.Read(node, path, reading);
        }

        return Texts.Read(
            list with
            {
                Items = [.. list.Items.Select((item, index) =>
                    item is YamlText ? item : Joined((YamlMap)Long.Read(item, $"{path}.{index}", reading)))],
            },
            path,
            reading);
    }

    public override YamlNode Merge(YamlNode below, YamlNode above) => Texts.Merge(below, above);

    private static YamlText Joined(YamlMap device) => new(
        string.Join(
            ':',
            new[] { "source", "target", "permissions" }
                .Select(key => device[key])
                .OfType<YamlText>()
                .Select(text => text.Value)),
        device.Place);
}

/// <summary>Permission bits: a number, or octal digits in quotes.</summary>
internal sealed class ModeShape : Shape
{
    private static readonly IntegerShape Number = new() { Least = 0, Most = uint.MaxValue };

    public override YamlNode Read(YamlNode node, string path, Reading reading)
    {
        if (node is not YamlText { IsInterpolated: false } text || !reading.IsSpecification)
        {
            return Number.Read(node, path, reading);
        }

        string digits = text.Value.StartsWith("0o", StringComparison.Ordinal) ? text.Value[2..] : text.Value;
        return digits.Length is > 0 and <= 5 && digits.All(digit => digit is >= '0' and <= '7')
            ? new YamlInteger(
                digits.Aggregate(0L, (bits, digit) => (bits * 8) + (digit - '0')), node.Place)
            : throw Reading.Wrong(
                node, path, $"must be a mode such as 0440: \"{text.Value}\" is none");
    }
}
