namespace Skep.Agent.Network;

/// <summary>The host's resolv.conf, read again only when it changed.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HostResolver(string path)
{
    private Reading? last;

    public ResolverConfig Read()
    {
        try
        {
            DateTime written = File.GetLastWriteTimeUtc(path);
            Reading? known = last;
            if (known is null || known.Written != written)
            {
                last = known = new Reading(written, ResolverConfig.Read(File.ReadAllText(path)));
            }

            return known.Config;
        }
        catch (IOException)
        {
            return new ResolverConfig(); // A host without the file has no resolvers; the well-known ones stand in.
        }
    }

    private sealed record Reading(DateTime Written, ResolverConfig Config);
}
