using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;
using FilterSet = Skep.Docker.Filters.Filters;

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
        FilterSet filters = request.Filters();
        filters.RequireKnown("dangling", "driver", "id", "label", "name", "scope", "type");
        IReadOnlyList<NetworkInspect> shared = await SharedNetworks.ListAsync(services, request, filters);
        HashSet<string> known = [.. shared.Select(network => network.Id)];
        await request.AnswerJsonAsync(
            [.. shared, .. networks.List(filters).Where(network => !known.Contains(network.Id))],
            EngineJson.Default.IReadOnlyListNetworkInspect);
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
        if (verbose.StartsWith('1') || verbose.StartsWith('t') || verbose.StartsWith('T'))
        {
            bool isAsked = network.Scope == SwarmNetworkView.Scope && services.Swarm.Status.ControlAvailable;
            network = isAsked ? await SharedNetworks.DescribeAsync(services, request, network) : network;
        }

        await request.AnswerJsonAsync(network, EngineJson.Default.NetworkInspect);
    }

    private async Task CreateAsync(EngineRequest request)
    {
        CreateNetworkRequest body = await request.ReadJsonAsync(EngineJson.Default.CreateNetworkRequest);
        NetworkSpecs.CheckFamilies(body);
        CreateNetworkResponse created = NetworkSpecs.IsShared(body)
            ? await SharedNetworks.CreateAsync(services, request, body)
            : await CreateLocalAsync(request, body);
        await request.AnswerJsonAsync(created, EngineJson.Default.CreateNetworkResponse, 201);
    }

    private async Task RemoveAsync(EngineRequest request)
    {
        NetworkInspect network = await NetworkLookup.FindAsync(services, request);
        await (network.Scope == SwarmNetworkView.Scope
            ? SharedNetworks.RemoveAsync(services, request, network.Id)
            : networks.RemoveAsync(network.Id, request.Stop));
        await request.AnswerAsync(204);
    }

    // Names are one space: what a manager sees of the swarm must not be hidden by a network of its own.
    private async Task<CreateNetworkResponse> CreateLocalAsync(EngineRequest request, CreateNetworkRequest body)
    {
        IReadOnlyList<NetworkInspect> shared = await SharedNetworks.ListAsync(services, request, FilterSet.None);
        return shared.Any(network => network.Name == body.Name)
            ? throw new RefusedException(ErrorKind.Conflict, $"network with name {body.Name} already exists")
            : await networks.CreateAsync(body, request.Stop);
    }

    private async Task PruneAsync(EngineRequest request)
    {
        FilterSet filters = request.Filters();
        NetworksPruned local = await networks.PruneAsync(filters, request.Stop);
        string[] all =
            [.. await SharedNetworks.PruneAsync(services, request, filters), .. local.NetworksDeleted ?? []];
        await request.AnswerJsonAsync(
            new NetworksPruned { NetworksDeleted = all.Length > 0 ? all : null }, EngineJson.Default.NetworksPruned);
    }

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
