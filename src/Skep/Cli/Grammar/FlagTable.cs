using System.CommandLine;
using System.Text;

namespace Skep.Cli.Grammar;

/// <summary>The list of flags in a help page: name, type, and the description wrapped beside them (as pflag).</summary>
internal static class FlagTable
{
    public static string Of(IEnumerable<Option> options, int columns)
    {
        var rows = new List<(string Left, string Right)>();
        foreach (Option option in options.OrderBy(option => option.Name, StringComparer.Ordinal))
        {
            string letter = Flags.Letter(option) is char c ? $"  -{c}, " : "      ";
            string type = option.HelpName is { Length: > 0 } name ? " " + name : "";
            rows.Add((letter + option.Name + type, (option.Description ?? "") + Default(option)));
        }

        int width = rows.Count == 0 ? 0 : rows.Max(row => row.Left.Length) + 1;
        var table = new StringBuilder();
        foreach ((string left, string right) in rows)
        {
            table.Append(left.PadRight(width)).Append("  ")
                .Append(Wrap(right, width + 2, columns)).Append('\n');
        }

        return table.ToString();
    }

    // " (default …)" unless the default is the type's empty value.
    private static string Default(Option option) => DefaultOf(option) switch
    {
        true => " (default true)",
        string { Length: > 0 } text when option.Description?.Contains("(default") != true =>
            option.HelpName == Flags.TextType ? $" (default \"{text}\")" : $" (default {text})",
        string[] { Length: 0 } when option.HelpName == "map" => " (default map[])",
        string[] { Length: 0 } when option.HelpName is "ulimit" or "stringToString"
            || option.Name is "--blkio-weight-device" or "--device-read-bps" or "--device-read-iops"
                or "--device-write-bps" or "--device-write-iops" => " (default [])",
        long number when number != 0 => $" (default {number})",
        _ => "",
    };

    private static object? DefaultOf(Option option) =>
        option.HasDefaultValue ? option.GetDefaultValue() : null;

    // Breaks at the last blank that fits; a word longer than a line stays whole.
    private static string Wrap(string text, int indent, int columns)
    {
        string margin = "\n" + new string(' ', indent);
        int width = columns - indent;
        if (width < 24)
        {
            // As pflag: too narrow for a column, so the text starts on its own line.
            margin = "\n" + new string(' ', 16);
            width = columns - 16;
            return width < 24 ? text.Replace("\n", margin) : margin + Wrap(text, 16, columns);
        }

        var wrapped = new StringBuilder();
        // pflag lets the last line overflow a little rather than leave a widow.
        const int slop = 5;
        string rest = text;
        while (true)
        {
            (string line, rest) = Cut(rest, width - slop, slop);
            wrapped.Append(line.Replace("\n", margin));
            if (rest.Length == 0)
            {
                return wrapped.ToString();
            }

            wrapped.Append(margin);
        }
    }

    private static (string Line, string After) Cut(string text, int width, int slop)
    {
        if (width + slop > text.Length)
        {
            return (text, "");
        }

        int at = text.AsSpan(0, width).LastIndexOfAny(" \t\n");
        if (at <= 0)
        {
            return (text, "");
        }

        int newline = text.AsSpan(0, width).LastIndexOf('\n');
        if (newline > 0 && newline < at)
        {
            return (text[..newline], text[(newline + 1)..]);
        }

        return (text[..at], text[(at + 1)..]);
    }
}
