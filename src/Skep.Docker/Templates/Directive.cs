using System.Globalization;
using System.Text;

namespace Skep.Docker.Templates;

/// <summary>One "%…" of a format: its flags, width and precision, and how they shape a value.</summary>
internal sealed record Directive(string Flags, int Width, int Precision)
{
    /// <summary>Wider than this is a mistake, not a column (Go refuses above a million).</summary>
    private const int WidthMax = 10_000;

    private bool HasFlag(char flag) => Flags.Contains(flag);

    /// <param name="at">The "%" on entry, the verb (or the end of the format) on return.</param>
    public static Directive Read(string format, ref int at, IReadOnlyList<object?> arguments, ref int used)
    {
        int start = ++at;
        while (at < format.Length && "+-# 0".Contains(format[at]))
        {
            at++;
        }

        string flags = format[start..at];
        int width = Number(format, ref at, arguments, ref used) ?? 0;
        if (width < 0)
        {
            flags += "-";
            width = -width;
        }

        int precision = -1;
        if (at < format.Length && format[at] == '.')
        {
            at++;
            precision = Number(format, ref at, arguments, ref used) ?? 0;
        }

        return new Directive(flags, Math.Min(width, WidthMax), Math.Min(precision, WidthMax));
    }

    public string Apply(char verb, object? value)
    {
        string? text = verb switch
        {
            'v' => HasFlag('#') ? value is string quoted ? GoLiterals.Quote(quoted) : GoPrint.Text(value)
                : GoPrint.Text(value),
            'T' => GoPrint.TypeName(value),
            't' when value is bool => GoPrint.Text(value),
            's' when value is string or GoList or GoMap or GoStruct => Cut(GoPrint.Text(value)),
            'q' when value is string text1 => GoLiterals.Quote(Cut(text1)),
            'q' when value is GoList list => $"[{string.Join(' ', list.Items.Select(item => Apply('q', item)))}]",
            'q' or 'c' when value is long code && Rune.IsValid((int)code) =>
                verb == 'c' ? new Rune((int)code).ToString() : $"'{new Rune((int)code)}'",
            'x' or 'X' when value is string text2 => Hex(text2, verb),
            'd' or 'x' or 'X' or 'o' or 'b' when value is long number => Integer(number, verb),
            'f' or 'F' when value is double real => real.ToString(
                "F" + (Precision < 0 ? 6 : Precision), CultureInfo.InvariantCulture),
            'g' or 'e' when value is double real => GoPrint.Text(real),
            _ => null,
        };
        return Pad(text ?? $"%!{verb}({GoPrint.TypeName(value)}={GoPrint.Text(value)})", value is long or double);
    }

    private static int? Number(string format, ref int at, IReadOnlyList<object?> arguments, ref int used)
    {
        if (at < format.Length && format[at] == '*')
        {
            at++;
            return used < arguments.Count && arguments[used++] is long value
                ? (int)Math.Clamp(value, -WidthMax, WidthMax) : null;
        }

        int start = at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            at++;
        }

        return at == start ? null
            : int.TryParse(format.AsSpan(start, at - start), CultureInfo.InvariantCulture, out int number)
                ? number : WidthMax;
    }

    private string Cut(string text) => Precision >= 0 && text.Length > Precision ? text[..Precision] : text;

    private string Integer(long value, char verb)
    {
        string digits = verb switch
        {
            'x' => value < 0 ? "-" + (-value).ToString("x") : value.ToString("x"),
            'X' => value < 0 ? "-" + (-value).ToString("X") : value.ToString("X"),
            'o' => Convert.ToString(value, 8),
            'b' => Convert.ToString(value, 2),
            _ => value.ToString(CultureInfo.InvariantCulture),
        };
        string prefix = HasFlag('#') ? verb switch { 'x' => "0x", 'X' => "0X", 'o' => "0", 'b' => "0b", _ => "" } : "";
        string sign = value >= 0 && HasFlag('+') ? "+" : value >= 0 && HasFlag(' ') ? " " : "";
        return sign + prefix + digits;
    }

    private static string Hex(string text, char verb)
    {
        string hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
        return verb == 'X' ? hex.ToUpperInvariant() : hex;
    }

    private string Pad(string text, bool isNumber)
    {
        if (HasFlag('-'))
        {
            return text.PadRight(Width);
        }

        if (!HasFlag('0') || !isNumber)
        {
            return text.PadLeft(Width);
        }

        int sign = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        return text[..sign] + text[sign..].PadLeft(Width - sign, '0');
    }
}
