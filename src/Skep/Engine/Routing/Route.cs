using Skep.Engine.Requests;

namespace Skep.Engine.Routing;

/// <summary>What a request costs, and so which limit it counts against.</summary>
internal enum RouteCost
{
    /// <summary>Looks and answers.</summary>
    Read,

    /// <summary>Changes something and answers.</summary>
    Write,

    /// <summary>Lasts as long as a client, a container or a file; its body has no limit in bytes or rate.</summary>
    Stream,
}

/// <summary>One endpoint: a method, a path with at most one {name} in it, and what answers.</summary>
/// <remarks>A name may contain slashes, as image names do.</remarks>
internal sealed class Route
{
    private readonly string before;
    private readonly string after;
    private readonly bool hasName;

    public Route(string method, string path, RouteCost cost, Func<EngineRequest, Task> answer)
    {
        const string Hole = "{name}";
        Method = method;
        Cost = cost;
        Answer = answer;
        int hole = path.IndexOf(Hole, StringComparison.Ordinal);
        hasName = hole >= 0;
        before = hasName ? path[..hole] : path;
        after = hasName ? path[(hole + Hole.Length)..] : "";
    }

    public string Method { get; }

    public RouteCost Cost { get; }

    public Func<EngineRequest, Task> Answer { get; }

    /// <param name="name">What stands in the place of {name}; "" when the route has none.</param>
    public bool Matches(string method, string path, out string name)
    {
        name = "";
        if (method != Method)
        {
            return false;
        }

        if (!hasName)
        {
            return path == before;
        }

        if (path.Length <= before.Length + after.Length
            || !path.StartsWith(before, StringComparison.Ordinal)
            || !path.EndsWith(after, StringComparison.Ordinal))
        {
            return false;
        }

        name = Uri.UnescapeDataString(path[before.Length..(path.Length - after.Length)]);
        return true;
    }
}
