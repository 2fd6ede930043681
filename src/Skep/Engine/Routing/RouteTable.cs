using System.Diagnostics.CodeAnalysis;
using Skep.Engine.Requests;

namespace Skep.Engine.Routing;

/// <summary>All endpoints. The first that matches answers, so fixed paths stand before those with a name.</summary>
internal sealed class RouteTable
{
    private readonly List<Route> routes = [];

    public void Get(string path, Func<EngineRequest, Task> answer) => Add("GET", path, RouteCost.Read, answer);

    public void Head(string path, Func<EngineRequest, Task> answer) => Add("HEAD", path, RouteCost.Read, answer);

    public void Post(string path, Func<EngineRequest, Task> answer) => Add("POST", path, RouteCost.Write, answer);

    public void Delete(string path, Func<EngineRequest, Task> answer) => Add("DELETE", path, RouteCost.Write, answer);

    public void Stream(string method, string path, Func<EngineRequest, Task> answer) =>
        Add(method, path, RouteCost.Stream, answer);

    public void Add(string method, string path, RouteCost cost, Func<EngineRequest, Task> answer) =>
        routes.Add(new Route(method, path, cost, answer));

    public bool TryFind(string method, string path, [NotNullWhen(true)] out Route? found, out string name)
    {
        foreach (Route route in routes)
        {
            if (route.Matches(method, path, out name))
            {
                found = route;
                return true;
            }
        }

        found = null;
        name = "";
        return false;
    }

    /// <summary>Takes "/v1.41" off a path.</summary>
    /// <returns>The path alone, and the version's text; null: the client asked for none.</returns>
    public static (string Path, string? Version) SplitVersion(string path)
    {
        if (!path.StartsWith("/v", StringComparison.Ordinal))
        {
            return (path, null);
        }

        int slash = path.IndexOf('/', 2);
        if (slash <= 2 || path.AsSpan(2, slash - 2).ContainsAnyExcept("0123456789."))
        {
            return (path, null);
        }

        return (path[slash..], path[2..slash]);
    }
}
