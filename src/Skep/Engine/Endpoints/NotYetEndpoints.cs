using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>Endpoints of the Engine API that are known and not there yet: they say so by name.</summary>
internal static class NotYetEndpoints
{
    private static readonly (string Method, string Path)[] LongTail =
    [
        ("GET", "/containers/{name}/attach/ws"),
        ("GET", "/containers/{name}/export"),
        ("GET", "/containers/{name}/changes"),
        ("GET", "/containers/{name}/checkpoints"),
        ("POST", "/containers/{name}/checkpoints"),
        ("POST", "/commit"),
        ("GET", "/images/search"),
        ("POST", "/images/{name}/push"),
        ("POST", "/build"),
        ("POST", "/build/cancel"),
        ("POST", "/session"),
        ("POST", "/grpc"),
        ("GET", "/plugins/privileges"),
        ("DELETE", "/plugins/{name}"),
        ("POST", "/plugins/{name}"),
        ("PUT", "/volumes/{name}"),
    ];

    public static void Add(RouteTable routes)
    {
        foreach ((string method, string path) in LongTail)
        {
            // Not counted as a stream, but a body of any size may be on its way: it is never read.
            routes.Add(method, path, RouteCost.Read, _ => throw NotYet(method, path));
        }
    }

    private static RefusedException NotYet(string method, string path) =>
        new(ErrorKind.Unsupported, $"{method} {path.Replace("{name}", "{id}", StringComparison.Ordinal)} "
            + "is not implemented by this version of Skep");
}
