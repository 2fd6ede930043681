using System.Globalization;

namespace Skep.SystemTests.Hosts;

/// <summary>Shows a program another time of day. The machine's own clock is not a test's to turn.</summary>
internal static class OtherClock
{
    private static readonly Lazy<Task<string>> library = new(CompileAsync);

    /// <summary>What to write before a program's line so that it sees a clock that is ahead by so much.</summary>
    public static async Task<string> PrefixAsync(TimeSpan ahead)
    {
        string preloaded = await library.Value;
        return string.Create(
            CultureInfo.InvariantCulture, $"env SKEP_TEST_CLOCK={(long)ahead.TotalSeconds} LD_PRELOAD={preloaded} ");
    }

    private static async Task<string> CompileAsync()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Hosts");
        string source = Path.Combine(folder, "otherclock.c");
        string compiled = Path.Combine(folder, "otherclock.so");
        await new Command("cc", "-shared", "-fPIC", "-O2", "-Wall", "-o", compiled, source).CheckAsync();
        return compiled;
    }
}
