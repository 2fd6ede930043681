using System.Globalization;
using System.Runtime.InteropServices;

namespace Skep.Engine.Machine;

/// <summary>What this machine says of itself in /proc and /etc.</summary>
internal sealed record MachineFacts
{
    /// <summary>"Debian GNU/Linux 12 (bookworm)".</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>"12".</summary>
    public required string OsVersion { get; init; }

    /// <summary>uname's word: "x86_64", "aarch64".</summary>
    public required string Architecture { get; init; }

    /// <summary>Bytes.</summary>
    public required long MemoryBytes { get; init; }

    public static MachineFacts Read()
    {
        Dictionary<string, string> release = ReadRelease();
        return new MachineFacts
        {
            OperatingSystem = release.GetValueOrDefault("PRETTY_NAME", "Linux"),
            OsVersion = release.GetValueOrDefault("VERSION_ID", ""),
            MemoryBytes = ReadMemory(),
            Architecture = RuntimeInformation.OSArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.X64 => "x86_64",
                System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
                var other => other.ToString().ToLowerInvariant(),
            },
        };
    }

    public static string HostName => Environment.MachineName;

    /// <summary>Open descriptors of this process.</summary>
    public static int DescriptorCount => CountEntries("/proc/self/fd");

    public static int ThreadCount => CountEntries("/proc/self/task");

    public static bool IsOn(string path) => File.Exists(path) && File.ReadAllText(path).Trim() == "1";

    private static int CountEntries(string directory) => Directory.EnumerateFileSystemEntries(directory).Count();

    private static Dictionary<string, string> ReadRelease()
    {
        string? path = ((string[])["/etc/os-release", "/usr/lib/os-release"]).FirstOrDefault(File.Exists);
        var fields = new Dictionary<string, string>();
        foreach (string line in path is null ? [] : File.ReadLines(path))
        {
            int equals = line.IndexOf('=');
            if (equals > 0)
            {
                fields[line[..equals]] = line[(equals + 1)..].Trim().Trim('"', '\'');
            }
        }

        return fields;
    }

    // "MemTotal:       24684092 kB"
    private static long ReadMemory()
    {
        string? line = File.ReadLines("/proc/meminfo")
            .FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        string digits = new([.. (line ?? "").Where(char.IsAsciiDigit)]);
        return digits.Length == 0 ? 0 : long.Parse(digits, CultureInfo.InvariantCulture) * 1024;
    }
}
