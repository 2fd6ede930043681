using System.Globalization;

namespace Skep.Docker.Images;

/// <summary>Times as Go writes them: RFC 3339 with as much of a fraction as there is.</summary>
public static class RfcTime
{
    /// <summary>What Go writes for a time that was never set.</summary>
    public const string Zero = "0001-01-01T00:00:00Z";

    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
