using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>/networks.</summary>
internal sealed class NetworkEndpoints(EngineServices services)
{
    private readonly NetworkEngine networks = services.Networks;

    public void Add(RouteTable routes)
    {
        routes.Get("/networks", ListAsync);
        routes.Get("/networks/", ListAsync);
        routes.Post("/networks/create", CreateAsync);
        routes.Post("/networks/prune", PruneAsync);
        routes.Post("/networks/{name}/connect", ConnectAsync);
        routes.Post("/networks/{name}/disconnect", DisconnectAsync);
        routes.Get("/networks/{name}", InspectAsync);
        routes.Delete("/networks/{name}", RemoveAsync);
    }

    private async Task ListAsync(EngineRequest request)
    {
        Filters filters = request.Filters();
        filters.RequireKnown("dangling", "driver", "id", "label", "name", "scope", "type");
        await request.AnswerJsonAsync(
            networks.List(filters), EngineJson.Default.IReadOnlyListNetworkInspect);
    }

    private async Task InspectAsync(EngineRequest request)
    {
        string verbose = request.Text("verbose");
        if (verbose is not ("" or "0" or "1" or "t" or "f" or "T" or "F" or "true" or "false" or "True" or "False"
            or "TRUE" or "FALSE"))
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"invalid value for verbose: {verbose}: strconv.ParseBool: parsing \"{verbose}\": invalid syntax");
        }

        NetworkInspect network = await NetworkLookup.FindAsync(services, request);
        await request.AnswerJsonAsync(network, EngineJson.Default.NetworkInspect);
    }

    private async Task CreateAsync(EngineRequest request)
    {
        CreateNetworkRequest body = await request.ReadJsonAsync(EngineJson.Default.CreateNetworkRequest);
        CreateNetworkResponse created = await networks.CreateAsync(body, request.Stop);
        await request.AnswerJsonAsync(created, EngineJson.Default.CreateNetworkResponse, 201);
    }

    private async Task RemoveAsync(EngineRequest request)
    {
        await networks.RemoveAsync(request.Name, request.Stop);
        await request.AnswerAsync(204);
    }

    private async Task PruneAsync(EngineRequest request) =>
        await request.AnswerJsonAsync(
            await networks.PruneAsync(request.Filters(), request.Stop), EngineJson.Default.NetworksPruned);

    private async Task ConnectAsync(EngineRequest request)
    {
        ConnectRequest body = await request.ReadJsonAsync(EngineJson.Default.ConnectRequest);
        await services.Containers.ConnectAsync(body.Container, request.Name, body.EndpointConfig, request.Stop);
        await request.AnswerAsync(200);
    }

    private async Task DisconnectAsync(EngineRequest request)
    {
        DisconnectRequest body = await request.ReadJsonAsync(EngineJson.Default.DisconnectRequest);
        await services.Containers.DisconnectAsync(body.Container, request.Name, body.Force, request.Stop);
        await request.AnswerAsync(200);
    }
}
