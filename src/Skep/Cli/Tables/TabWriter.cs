using System.Text;

namespace Skep.Cli.Tables;

/// <summary>Lines up text at its tabs, as Go's text/tabwriter does with docker's measures.</summary>
/// <remarks>
/// A column is made of the tab-ended cells of neighbouring lines; a line without such a cell ends it.
/// The last cell of a line belongs to no column.
/// </remarks>
internal sealed class TabWriter
{
    private readonly int widthMin;
    private readonly int padding;
    private readonly List<string[]> lines;
    private readonly List<int> widths = [];
    private readonly StringBuilder output = new();

    private TabWriter(string text, int widthMin, int padding)
    {
        this.widthMin = widthMin;
        this.padding = padding;
        lines = [.. text.Split('\n').Select(line => line.Split('\t'))];
    }

    public static string Align(string text, int widthMin = 10, int padding = 3)
    {
        var writer = new TabWriter(text, widthMin, padding);
        writer.Format(0, writer.lines.Count);
        return writer.output.ToString();
    }

    private void Format(int from, int to)
    {
        int column = widths.Count;
        for (int line = from; line < to; line++)
        {
            if (column >= lines[line].Length - 1)
            {
                continue;
            }

            Write(from, line);
            from = line;
            int width = widthMin;
            for (; line < to && column < lines[line].Length - 1; line++)
            {
                width = Math.Max(width, Width(lines[line][column]) + padding);
            }

            widths.Add(width);
            Format(from, line);
            widths.RemoveAt(widths.Count - 1);
            from = line;
        }

        Write(from, to);
    }

    private void Write(int from, int to)
    {
        for (int line = from; line < to; line++)
        {
            for (int i = 0; i < lines[line].Length; i++)
            {
                string cell = lines[line][i];
                output.Append(cell);
                if (i < widths.Count)
                {
                    output.Append(' ', Math.Max(0, widths[i] - Width(cell)));
                }
            }

            if (line + 1 < lines.Count)
            {
                output.Append('\n');
            }
        }
    }

    private static int Width(string cell) => cell.EnumerateRunes().Count();
}
