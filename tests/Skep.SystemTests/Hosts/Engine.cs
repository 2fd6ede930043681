namespace Skep.SystemTests.Hosts;

/// <summary>An engine that takes dockerd's flags, and what a host gives it.</summary>
/// <param name="Program">The path of the daemon.</param>
/// <param name="ExecRoot">Where it keeps what a reboot ends; private to each host.</param>
/// <param name="IsReference">It is the engine that the one under test is compared with.</param>
internal sealed record Engine(string Program, string ExecRoot, bool IsReference)
{
    // Before what is found with its help: another build is tried without a new native one.
    private static readonly string outFolder =
        Environment.GetEnvironmentVariable("SKEP_TEST_OUT") is { Length: > 0 } other
            ? other
            : Path.Combine(Root, "out");

    /// <summary>Further flags.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Size of the host's disk in MB; 0: as large as the machine's own.</summary>
    public int DiskMegabytes { get; init; }

    public bool IsSkep => !IsReference && Environment.GetEnvironmentVariable("SKEP_TEST_ENGINE") is null or "";

    /// <summary>The engine under test: out/dockerd, or the program that SKEP_TEST_ENGINE names.</summary>
    public static Engine UnderTest { get; } = FindUnderTest();

    /// <summary>The real engine; null where it is not installed.</summary>
    public static Engine? Reference { get; } = Find("dockerd") is { } program
        ? new Engine(program, "/run/docker", true)
        : null;

    /// <summary>The folder of the sources.</summary>
    public static string Root => FindRoot();

    /// <summary>The folder of the built program.</summary>
    public static string OutFolder => outFolder;

    private static Engine FindUnderTest()
    {
        string? chosen = Environment.GetEnvironmentVariable("SKEP_TEST_ENGINE");
        if (!string.IsNullOrEmpty(chosen))
        {
            string program = Find(chosen) ?? throw new FileNotFoundException($"SKEP_TEST_ENGINE: no {chosen}");
            return new Engine(program, "/run/docker", false);
        }

        return new Engine(Path.Combine(outFolder, "dockerd"), "/run/skep", false);
    }

    private static string? Find(string program) =>
        new[] { "", "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin" }
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(path => path.StartsWith('/') && File.Exists(path));

    /// <summary>The folder of the sources: scripts and all.</summary>
    public static string SourceFolder { get; } = FindRoot();

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Skep.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("No Skep.slnx above the tests");
    }
}
