using Skep.Docker.Engine;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>/services and /tasks of a swarm that cannot have any yet.</summary>
internal sealed class ServiceEndpoints(EngineServices services)
{
    public void Add(RouteTable routes)
    {
        routes.Get("/services", ListAsync);
        routes.Get("/tasks", ListAsync);
        routes.Post("/services/create", request => RefuseAsync(request, _ => new RefusedException(
            ErrorKind.Unsupported, "POST /services/create is not implemented by this version of Skep")));
        foreach (string path in (string[])["/services/{name}/update", "/services/{name}/logs", "/services/{name}"])
        {
            foreach (string method in (string[])["GET", "POST", "DELETE"])
            {
                routes.Add(
                    method, path, RouteCost.Read, request => RefuseAsync(request, name => NotFound("service", name)));
            }
        }

        routes.Get("/tasks/{name}/logs", request => RefuseAsync(request, name => NotFound("task", name)));
        routes.Get("/tasks/{name}", request => RefuseAsync(request, name => NotFound("task", name)));
    }

    private Task ListAsync(EngineRequest request)
    {
        RequireManager();
        return request.AnswerJsonAsync([], EngineJson.Default.IReadOnlyListEmpty);
    }

    private Task RefuseAsync(EngineRequest request, Func<string, RefusedException> refusal)
    {
        RequireManager();
        throw refusal(request.Name);
    }

    private void RequireManager() => _ = services.Swarm.Control;

    private static RefusedException NotFound(string kind, string name) =>
        new(ErrorKind.NotFound, $"{kind} {name} not found");
}
