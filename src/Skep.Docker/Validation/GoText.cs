using System.Globalization;
using System.Text;

namespace Skep.Docker.Validation;

/// <summary>Text as Go's fmt prints it: Docker's messages contain it.</summary>
public static class GoText
{
    /// <summary>%q: in double quotes, with what cannot be printed escaped.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < 0x20 or 0x7F => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                _ => quoted.Append(rune.ToString()),
            };
        }

        return quoted.Append('"').ToString();
    }
}
