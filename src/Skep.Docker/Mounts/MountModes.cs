namespace Skep.Docker.Mounts;

/// <summary>The third part of "source:target:ro,z,rshared": at most one word of each kind.</summary>
internal static class MountModes
{
    private enum Kind
    {
        Access,
        Label,
        Propagation,
        Copy,
        Consistency,
    }

    public static bool IsValid(string mode)
    {
        if (mode.Length == 0)
        {
            return true;
        }

        var seen = new HashSet<Kind>();
        return mode.Split(',').All(word => KindOf(word) is { } kind && seen.Add(kind));
    }

    public static bool IsWritable(string mode) => !mode.Split(',').Contains("ro");

    public static bool SaysNoCopy(string mode) => mode.Split(',').Contains("nocopy");

    /// <summary>"" when the mode does not say.</summary>
    public static string PropagationOf(string mode) => mode.Split(',').FirstOrDefault(IsPropagation) ?? "";

    public static bool IsPropagation(string word) => KindOf(word) == Kind.Propagation;

    private static Kind? KindOf(string word) => word switch
    {
        "rw" or "ro" => Kind.Access,
        "z" or "Z" => Kind.Label,
        "private" or "rprivate" or "slave" or "rslave" or "shared" or "rshared" => Kind.Propagation,
        "nocopy" => Kind.Copy,
        "consistent" or "cached" or "delegated" => Kind.Consistency,
        _ => null,
    };
}
