using System.Globalization;
using System.Text;

namespace Skep.Docker.Templates;

/// <summary>Constants as Go writes them, both ways.</summary>
public static class GoLiterals
{
    /// <returns>long or double; null: not a number.</returns>
    public static object? Number(string text)
    {
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        bool isNegative = digits.StartsWith('-');
        string bare = digits.TrimStart('+', '-');
        int radix = bare.Length < 3 || bare[0] != '0' ? 10
            : bare[1] switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 10 };
        if (radix != 10)
        {
            return TryRadix(bare.AsSpan(2), radix) is long magnitude ? isNegative ? -magnitude : magnitude : null;
        }

        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            return whole;
        }

        if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double real))
        {
            return null;
        }

        // "1e3" is also an integer in a template.
        return real == Math.Floor(real) && Math.Abs(real) < 1e15 ? (long)real : real;
    }

    /// <summary>The text between double quotes, back quotes or (as its number) single quotes.</summary>
    /// <returns>string or long; null: a bad escape.</returns>
    public static object? Unquote(string literal)
    {
        string inner = literal[1..^1];
        if (literal[0] == '`')
        {
            return inner;
        }

        string? text = Unescape(inner);
        return literal[0] == '"' || text is null ? text : text.Length == 1 ? (long)text[0] : null;
    }

    /// <summary>As Go's strconv.Quote.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\v' => "\\v",
                < ' ' or '\x7f' => $"\\x{(int)c:x2}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static long? TryRadix(ReadOnlySpan<char> digits, int radix)
    {
        long value = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix || value > (long.MaxValue - digit) / radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return value;
    }

    private static string? Unescape(string text)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            if (++i >= text.Length)
            {
                return null;
            }

            int codeDigits = text[i] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (codeDigits > 0)
            {
                if (i + codeDigits >= text.Length
                    || !int.TryParse(text.AsSpan(i + 1, codeDigits), NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture, out int code) || !Rune.IsValid(code))
                {
                    return null;
                }

                plain.Append(new Rune(code).ToString());
                i += codeDigits;
                continue;
            }

            int index = "abfnrtv\\'\"".IndexOf(text[i]);
            if (index < 0)
            {
                return null;
            }

            plain.Append("\a\b\f\n\r\t\v\\'\""[index]);
        }

        return plain.ToString();
    }
}
