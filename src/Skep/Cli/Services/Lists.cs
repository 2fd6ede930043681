namespace Skep.Cli.Services;

/// <summary>Lists and maps of a spec: what is empty is left out of the request.</summary>
internal static class Lists
{
    public static IReadOnlyList<T>? OrNull<T>(IReadOnlyList<T> list) => list.Count > 0 ? list : null;

    public static IReadOnlyDictionary<string, string>? OrNull(IReadOnlyDictionary<string, string> map) =>
        map.Count > 0 ? map : null;
}
