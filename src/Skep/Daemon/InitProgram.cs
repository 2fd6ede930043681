namespace Skep.Daemon;

/// <summary>Finds the small program that runs as process 1 of containers with --init.</summary>
internal static class InitProgram
{
    // Docker's own name, its packages' place, and Debian's package.
    private static readonly string[] names =
        ["docker-init", "/usr/libexec/docker/docker-init", "tini", "tini-static", "/usr/bin/tini-static"];

    /// <param name="chosen">--init-path; null: the usual names are looked for.</param>
    /// <returns>Its path; null: there is none, and a container that asks for an init is refused.</returns>
    public static string? Find(string? chosen)
    {
        string[] places = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").Split(':');
        IEnumerable<string> candidates = (chosen is null ? names : [chosen])
            .SelectMany(name => name.Contains('/') ? [name] : places.Select(place => Path.Combine(place, name)));
        return candidates.FirstOrDefault(File.Exists);
    }
}
