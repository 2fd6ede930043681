namespace Skep.Cli.Client;

/// <summary>The folders that a shell would look for a program in.</summary>
internal static class SearchPath
{
    /// <returns>The program's file; null: it is not installed.</returns>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
