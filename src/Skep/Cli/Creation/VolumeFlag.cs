namespace Skep.Cli.Creation;

/// <summary>--volume: a bind "source:target[:options]", or the target of an anonymous volume.</summary>
internal static class VolumeFlag
{
    /// <returns>The bind as the daemon takes it; null: an anonymous volume at <paramref name="text"/>.</returns>
    /// <exception cref="FormatException">With docker's words.</exception>
    public static string? Bind(string text)
    {
        if (text.Length == 0)
        {
            throw new FormatException("invalid empty volume spec");
        }

        int colon = text.IndexOf(':');
        if (colon < 0 || text.Length <= 2)
        {
            return null;
        }

        string[] parts = text.Split(':');
        if (parts.Any(part => part.Length == 0))
        {
            throw new FormatException($"invalid spec: {text}: empty section between colons");
        }

        if (parts.Length > 3)
        {
            throw new FormatException($"invalid spec: {text}: too many colons");
        }

        // Only the daemon's machine is ours too: a relative path means our directory.
        return text[0] == '.' ? Path.GetFullPath(parts[0]).TrimEnd('/') + text[colon..] : text;
    }
}
