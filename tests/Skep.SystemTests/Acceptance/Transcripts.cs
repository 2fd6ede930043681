namespace Skep.SystemTests.Acceptance;

/// <summary>What the same scene wrote down with two engines or two clients.</summary>
internal static class Transcripts
{
    private const string None = "(no such line)";

    /// <summary>The lines with different results, and those that only one side has, ready to be shown.</summary>
    /// <remarks>What releases of Docker say in different words is no difference: <see cref="VersionWords"/>.</remarks>
    public static IEnumerable<string> Differences(
        IReadOnlyList<(string Line, string Result)> expected,
        string expectedName,
        IReadOnlyList<(string Line, string Result)> actual,
        string actualName) =>
        from index in Enumerable.Range(0, Math.Max(expected.Count, actual.Count))
        let line = index < expected.Count ? expected[index].Line : actual[index].Line
        let one = index < expected.Count ? expected[index].Result : None
        let other = index < actual.Count ? actual[index].Result : None
        where VersionWords.Settle(line, one) != VersionWords.Settle(line, other)
        select $"$ {line}\n--- {expectedName}\n{one}\n--- {actualName}\n{other}";
}
