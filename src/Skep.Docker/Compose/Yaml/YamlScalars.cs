using System.Globalization;
using System.Text.RegularExpressions;

namespace Skep.Docker.Compose.Yaml;

/// <summary>What a plain scalar means, as Docker's own reader decides it: YAML 1.2 with the octals of 1.1.</summary>
internal static partial class YamlScalars
{
    private static readonly string[] MomentFormats =
    [
        "yyyy-M-d'T'H:m:s.FFFFFFFK", "yyyy-M-d't'H:m:s.FFFFFFFK", "yyyy-M-d H:m:s.FFFFFFF", "yyyy-M-d",
    ];

    public static YamlNode Resolve(string text, ComposePlace place)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return new YamlNull(place);
            case "true" or "True" or "TRUE":
                return new YamlFlag(true, place);
            case "false" or "False" or "FALSE":
                return new YamlFlag(false, place);
            case ".nan" or ".NaN" or ".NAN":
                return new YamlNumber(double.NaN, place);
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return new YamlNumber(double.PositiveInfinity, place);
            case "-.inf" or "-.Inf" or "-.INF":
                return new YamlNumber(double.NegativeInfinity, place);
            default:
                break;
        }

        return text[0] is '.' or '+' or '-' or (>= '0' and <= '9')
            ? ResolveNumber(text, place) ?? new YamlText(text, place)
            : new YamlText(text, place);
    }

    /// <summary>Written plain, it would be read as text again.</summary>
    public static bool IsTextWhenPlain(string text) =>
        Resolve(text, Nowhere) is YamlText && !IsOldFlag(text) && !SixtiesPattern().IsMatch(text);

    private static readonly ComposePlace Nowhere = new("", 0);

    private static YamlNode? ResolveNumber(string text, ComposePlace place)
    {
        if (text.Length > 4 && text[4] == '-' && DateTimeOffset.TryParseExact(
                text,
                MomentFormats,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out DateTimeOffset moment))
        {
            return new YamlMoment(moment, place);
        }

        string plain = text.Replace("_", "", StringComparison.Ordinal);
        if (TryInteger(plain, out long integer))
        {
            return new YamlInteger(integer, place);
        }

        return FloatPattern().IsMatch(plain)
            && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? new YamlNumber(number, place)
                : null;
    }

    private static bool TryInteger(string plain, out long value)
    {
        value = 0;
        bool isNegative = plain is ['-', ..];
        string digits = plain is ['-' or '+', ..] ? plain[1..] : plain;
        (int radix, string rest) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, digits[2..]),
            ['0', 'b' or 'B', ..] => (2, digits[2..]),
            ['0', 'o' or 'O', ..] => (8, digits[2..]),
            ['0', _, ..] => (8, digits[1..]),
            _ => (10, digits),
        };
        if (rest.Length == 0)
        {
            return false;
        }

        Int128 total = 0;
        foreach (char letter in rest)
        {
            int digit = char.IsAsciiHexDigit(letter) ? Convert.ToInt32(letter.ToString(), 16) : 99;
            if (digit >= radix || (total = (total * radix) + digit) > long.MaxValue)
            {
                return false;
            }
        }

        value = (long)(isNegative ? -total : total);
        return true;
    }

    /// <summary>Truth values of YAML 1.1, quoted for older readers.</summary>
    private static bool IsOldFlag(string text) => text
        is "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON"
        or "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF";

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex FloatPattern();

    /// <summary>Numbers to the base 60 of YAML 1.1: 80:80 was one.</summary>
    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\z")]
    private static partial Regex SixtiesPattern();
}
