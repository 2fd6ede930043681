using Skep.Agent.Volumes;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Engine.Requests;
using Skep.Engine.Routing;

namespace Skep.Engine.Endpoints;

/// <summary>/volumes.</summary>
internal sealed class VolumeEndpoints(EngineServices services)
{
    private readonly VolumeEngine volumes = services.Volumes;

    public void Add(RouteTable routes)
    {
        routes.Get("/volumes", ListAsync);
        routes.Post("/volumes/create", CreateAsync);
        routes.Post("/volumes/prune", PruneAsync);
        routes.Get("/volumes/{name}", InspectAsync);
        routes.Delete("/volumes/{name}", RemoveAsync);
    }

    private async Task ListAsync(EngineRequest request) =>
        await request.AnswerJsonAsync(
            volumes.List(request.Filters()), EngineJson.Default.VolumeList);

    private async Task InspectAsync(EngineRequest request) =>
        await request.AnswerJsonAsync(
            volumes.Inspect(request.Name), EngineJson.Default.Volume);

    private async Task CreateAsync(EngineRequest request)
    {
        CreateVolumeRequest body = await request.ReadJsonOrNullAsync(EngineJson.Default.CreateVolumeRequest)
            ?? new CreateVolumeRequest();
        await request.AnswerJsonAsync(
            volumes.Create(body, containerId: null), EngineJson.Default.Volume, 201);
    }

    private async Task RemoveAsync(EngineRequest request)
    {
        await volumes.RemoveAsync(request.Name, request.Flag("force"), request.Stop);
        await request.AnswerAsync(204);
    }

    private async Task PruneAsync(EngineRequest request)
    {
        // Since 1.42 only volumes without a name of their own go, unless all are asked for.
        Filters filters = request.Filters();
        if (!request.Version.IsAtLeast(1, 42))
        {
            filters = filters.With("all", "true");
        }

        await request.AnswerJsonAsync(
            await volumes.PruneAsync(filters, request.Stop), EngineJson.Default.VolumesPruned);
    }
}
