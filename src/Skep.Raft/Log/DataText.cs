using System.Text;

namespace Skep.Raft;

/// <summary>A payload as one short piece of a line: quoted text, or hexadecimal when it is not text.</summary>
internal static class DataText
{
    private const int ShownBytesMax = 40;

    public static string Of(ReadOnlyMemory<byte> data)
    {
        ReadOnlySpan<byte> shown = data.Span[..Math.Min(data.Length, ShownBytesMax)];
        string rest = data.Length > ShownBytesMax ? $"… ({data.Length} bytes)" : "";
        foreach (byte value in shown)
        {
            if (value is < 0x20 or > 0x7e)
            {
                return $"0x{Convert.ToHexString(shown)}{rest}";
            }
        }

        return $"\"{Encoding.ASCII.GetString(shown)}\"{rest}";
    }
}
