using System.Net;

namespace Skep.Cli.Values;

/// <summary>IP addresses as Go reads them: the runtime also takes "1.2.3", octal parts, brackets and zones.</summary>
internal static class PlainAddress
{
    public static bool TryParse(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!)
        && (text.Contains(':') ? text.AsSpan().IndexOfAny("[]%") < 0 : address.ToString() == text);
}
