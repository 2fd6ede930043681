namespace Skep.Docker.Compose;

/// <summary>Reads compose files: any number of them becomes one <see cref="ComposeProject"/>.</summary>
public static class ComposeLoader
{
    /// <exception cref="ComposeException">The files are refused.</exception>
    public static ComposeProject Load(ComposeRequest request) =>
        throw new NotSupportedException($"{request.Sources.Count} files wait for the loader");
}
