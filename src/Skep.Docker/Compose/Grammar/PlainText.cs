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
        YamlNumber number => Number(number.Value, number.IsSingle),
        YamlFlag flag => flag.Value ? "true" : "false",
        YamlMoment moment => Moment(moment.Value),
        _ => "",
    };

    /// <summary>Numbers with more digits before the point are written with an exponent.</summary>
    private const int PlainDigits = 6;

    /// <summary>The shortest digits that read back to the same number.</summary>
    public static string Number(double value, bool isSingle)
    {
        string shortest = isSingle
            ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
        if (value == 0)
        {
            return shortest;
        }

        string sign = shortest[0] == '-' ? "-" : "";
        (string digits, int exponent) = Split(shortest.TrimStart('-'));
        if (exponent < -4 || exponent >= PlainDigits)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        return exponent < 0 ? $"{sign}0.{new string('0', -exponent - 1)}{digits}"
            : digits.Length <= exponent + 1 ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>Digits without zeros around them, and how many places the point stands behind the first.</summary>
    private static (string Digits, int Exponent) Split(string shortest)
    {
        int e = shortest.IndexOf('E');
        string mantissa = e < 0 ? shortest : shortest[..e];
        int exponent = e < 0 ? 0 : int.Parse(shortest[(e + 1)..], CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.');
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        int zeros = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), exponent - zeros);
    }

    private static string Moment(DateTimeOffset moment)
    {
        string offset = moment.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        string zone = moment.Offset == TimeSpan.Zero ? "UTC" : offset;
        return moment.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + $" {offset} {zone}";
    }
}
