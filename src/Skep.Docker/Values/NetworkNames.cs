namespace Skep.Docker.Values;

/// <summary>What names of networks stand for.</summary>
public static class NetworkNames
{
    /// <summary>host, bridge and their like are on every node; the others have been created by somebody.</summary>
    public static bool IsUserDefined(string name) =>
        name is not ("default" or "bridge" or "host" or "none")
        && !name.StartsWith("container:", StringComparison.Ordinal);
}
