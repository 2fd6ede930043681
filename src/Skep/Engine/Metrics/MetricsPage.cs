using System.Globalization;
using System.Text;
using Skep.Manager.Measuring;

namespace Skep.Engine.Metrics;

/// <summary>A page in Prometheus' text format, version 0.0.4, written from top to bottom.</summary>
internal sealed class MetricsPage
{
    private readonly StringBuilder text = new();

    public override string ToString() => text.ToString();

    public void Gauge(string name, string help, double value)
    {
        Head(name, "gauge", help);
        Line(name, [], value);
    }

    public void Counter(string name, string help, double value)
    {
        Head(name, "counter", help);
        Line(name, [], value);
    }

    /// <summary>One figure for each of a few values of a label, in the order of these.</summary>
    public void Gauges(string name, string help, string label, IEnumerable<KeyValuePair<string, int>> values)
    {
        Head(name, "gauge", help);
        foreach ((string of, int value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Line(name, [(label, of)], value);
        }
    }

    public void Durations(string name, string help, DurationSample sample)
    {
        Head(name, "histogram", help);
        for (int step = 0; step < sample.UpTo.Length; step++)
        {
            string bound = DurationCounts.Bounds[step].TotalSeconds.ToString(CultureInfo.InvariantCulture);
            Line(name + "_bucket", [("le", bound)], sample.UpTo[step]);
        }

        Line(name + "_bucket", [("le", "+Inf")], sample.Count);
        Line(name + "_sum", [], sample.Sum.TotalSeconds);
        Line(name + "_count", [], sample.Count);
    }

    public void Head(string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    public void Line(string name, ReadOnlySpan<(string Name, string Value)> labels, double value)
    {
        text.Append(name);
        char before = '{';
        foreach ((string label, string of) in labels)
        {
            text.Append(before).Append(label).Append("=\"");
            Append(of);
            text.Append('"');
            before = ',';
        }

        text.Append(labels.Length > 0 ? "} " : " ").Append(CultureInfo.InvariantCulture, $"{value}\n");
    }

    // What users call their things is quoted as the format wants it, and cut, so that no name makes a page of its own.
    private void Append(string value)
    {
        foreach (char character in value.Length > MetricsLimits.LabelCharacters
            ? value.AsSpan(0, MetricsLimits.LabelCharacters)
            : value)
        {
            _ = character switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(character),
            };
        }
    }
}
