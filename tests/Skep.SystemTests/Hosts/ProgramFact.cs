namespace Skep.SystemTests.Hosts;

/// <summary>A test that is skipped, with a word, where a program it needs is not installed.</summary>
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(params string[] programs)
    {
        string? missing = programs.FirstOrDefault(program => !IsInstalled(program));
        if (missing is not null)
        {
            Skip = $"{missing} is not installed";
        }
    }

    public static bool IsInstalled(string program) =>
        new[] { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin" }
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}

/// <summary>A test of what only Skep promises: skipped when the tests drive another engine.</summary>
internal sealed class SkepFactAttribute : FactAttribute
{
    public SkepFactAttribute()
    {
        if (!Engine.UnderTest.IsSkep)
        {
            Skip = "SKEP_TEST_ENGINE names another engine";
        }
    }
}
