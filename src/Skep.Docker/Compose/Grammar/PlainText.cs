using System.Globalization;
using Skep.Docker.Compose.Yaml;

namespace Skep.Docker.Compose.Grammar;

/// <summary>Scalars as text, written as Go writes them.</summary>
internal static class PlainText
{
    public static string Of(YamlNode node) => node switch
    {
        YamlText text => text.Value,
        YamlInteger integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        YamlNumber number => Number(number.Value, number.IsSingle, 21),
        YamlFlag flag => flag.Value ? "true" : "false",
        YamlMoment moment => moment.Value.UtcDateTime.ToString(
            "yyyy-MM-dd HH:mm:ss.FFFFFFF '+0000 UTC'", CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>The shortest digits that read back to the same number; with an exponent from that many digits on.</summary>
    public static string Number(double value, bool isSingle, int exponentFrom)
    {
        string digits = isSingle
            ? ((float)value).ToString("E8", CultureInfo.InvariantCulture)
            : value.ToString("E16", CultureInfo.InvariantCulture);
        int exponent = int.Parse(digits[(digits.IndexOf('E') + 1)..], CultureInfo.InvariantCulture);
        string shortest = isSingle
            ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
        if (value == 0 || (exponent >= -4 && exponent < exponentFrom))
        {
            return shortest.Contains('E') ? Unfold(value, isSingle) : shortest;
        }

        return Scientific(shortest, exponent);
    }

    private static string Unfold(double value, bool isSingle) => isSingle
        ? ((decimal)(float)value).ToString(CultureInfo.InvariantCulture)
        : value.ToString("F20", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.');

    private static string Scientific(string shortest, int exponent)
    {
        string sign = shortest.StartsWith('-') ? "-" : "";
        int e = shortest.IndexOf('E');
        string mantissa = e < 0 ? shortest : shortest[..e];
        string digits = mantissa.Replace(".", "").Replace("-", "").TrimStart('0').TrimEnd('0');
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return $"{sign}{digits[..1]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }
}
