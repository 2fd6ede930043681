using System.Globalization;
using System.Text;

namespace Skep.Transport.Rpc;

/// <summary>How gRPC writes a status, its words and a time limit in HTTP/2 headers.</summary>
internal static class RpcText
{
    // Timeout (grpc/grpc doc/PROTOCOL-HTTP2.md): 1 to 8 digits and a unit: H M S m(illi) u(micro) n(ano).
    private const long LargestValue = 99_999_999;

    private static readonly string[] StatusNumbers =
        [.. Enumerable.Range(0, 17).Select(static number => number.ToString(CultureInfo.InvariantCulture))];

    public static string StatusNumber(RpcStatus status) => (int)status is var number && number is >= 0 and <= 16
        ? StatusNumbers[number]
        : StatusNumbers[(int)RpcStatus.Unknown];

    /// <summary>
    /// Percent-encodes what is not printable ASCII, byte by byte of UTF-8, and cuts what is too long.
    /// </summary>
    public static string Encode(string text)
    {
        if (text.Length > RpcLimits.TextCharactersMax)
        {
            text = text[..RpcLimits.TextCharactersMax];
        }

        bool isPlain = true;
        foreach (char character in text)
        {
            isPlain &= character is >= ' ' and <= '~' and not '%';
        }

        if (isPlain)
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            _ = value is >= (byte)' ' and <= (byte)'~' and not (byte)'%'
                ? encoded.Append((char)value)
                : encoded.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    public static string Decode(string text) => text.Contains('%') ? Uri.UnescapeDataString(text) : text;

    /// <returns>False: not a time limit in gRPC's form.</returns>
    public static bool TryReadTimeout(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out long value))
        {
            return false;
        }

        long? ticks = text[^1] switch
        {
            'H' => value * TimeSpan.TicksPerHour,
            'M' => value * TimeSpan.TicksPerMinute,
            'S' => value * TimeSpan.TicksPerSecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            'n' => (value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        timeout = TimeSpan.FromTicks(ticks ?? 0);
        return ticks is not null;
    }

    public static string WriteTimeout(TimeSpan timeout)
    {
        long micros = Math.Max(1, timeout.Ticks / TimeSpan.TicksPerMicrosecond);
        return micros <= LargestValue
            ? string.Create(CultureInfo.InvariantCulture, $"{micros}u")
            : string.Create(
                CultureInfo.InvariantCulture, $"{Math.Min(LargestValue, micros / 1000)}m");
    }
}
