using System.Globalization;
using System.Text;

namespace Skep.Docker.Compose.Yaml;

/// <summary>How a text is written: plain where it reads back as the same text, quoted otherwise.</summary>
internal static class TextStyle
{
    private const int LongestKey = 128;

    public static string Value(string text)
    {
        if (!YamlScalars.IsTextWhenPlain(text) || text.Contains('\n'))
        {
            return DoubleQuoted(text);
        }

        Traits traits = Look(text);
        return !traits.HasBlockIndicator && !traits.HasEdgeSpace && !traits.IsSpecial ? text
            : traits.IsSpecial ? DoubleQuoted(text)
            : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>Longer keys would need a sign of their own in front; no key of a compose file is that long.</summary>
    public static string Key(string text) =>
        Encoding.UTF8.GetByteCount(text) > LongestKey ? DoubleQuoted(text) : Value(text);

    /// <summary>Blocks cannot hold a space at the end or before a break, or signs without a glyph.</summary>
    public static bool CanBeBlock(string text)
    {
        Traits traits = Look(text);
        return text[^1] != ' ' && !traits.HasSpaceBeforeBreak && !traits.HasUnprintable;
    }

    private readonly record struct Traits(
        bool HasBlockIndicator, bool HasEdgeSpace, bool HasSpaceBeforeBreak, bool HasUnprintable, bool HasTab)
    {
        public bool IsSpecial => HasSpaceBeforeBreak || HasUnprintable || HasTab;
    }

    private static Traits Look(string text)
    {
        bool indicator = text.StartsWith("---", StringComparison.Ordinal)
            || text.StartsWith("...", StringComparison.Ordinal);
        bool spaceBeforeBreak = false;
        bool isBlankBefore = true;
        for (int index = 0; index < text.Length; index++)
        {
            char letter = text[index];
            bool isBlankAfter = index + 1 >= text.Length || text[index + 1] is ' ' or '\t';
            indicator |= index == 0
                ? "#,[]{}&*!|>'\"%@`".Contains(letter) || (letter is '?' or ':' or '-' && isBlankAfter)
                : (letter == ':' && isBlankAfter) || (letter == '#' && isBlankBefore);
            spaceBeforeBreak |= letter == '\n' && index > 0 && text[index - 1] == ' ';
            isBlankBefore = letter is ' ' or '\t' or '\n';
        }

        bool unprintable = text.EnumerateRunes().Any(rune => !IsPrintable(rune) && rune.Value is not ('\t' or '\n'));
        bool edge = text.Length > 0 && (text[0] is ' ' or '\n' || text[^1] is ' ' or '\n');
        return new(indicator, edge, spaceBeforeBreak, unprintable, text.Contains('\t'));
    }

    private static bool IsPrintable(Rune rune) => rune.Value
        is 0x0A or (>= 0x20 and <= 0x7E) or (>= 0xA0 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD and not 0xFEFF);

    private static string DoubleQuoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                0x00 => "\\0",
                0x07 => "\\a",
                0x08 => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                0x0B => "\\v",
                0x0C => "\\f",
                '\r' => "\\r",
                0x1B => "\\e",
                '"' => "\\\"",
                '\\' => "\\\\",
                0x85 => "\\N",
                0x2028 => "\\L",
                0x2029 => "\\P",
                _ when IsPrintable(rune) => rune.ToString(),
                <= 0xFF => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:X2}"),
                <= 0xFFFF => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
            });
        }

        return quoted.Append('"').ToString();
    }
}
