using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using ApiConfigSpec = Skep.Docker.Engine.ConfigSpec;

namespace Skep.Engine.Endpoints;

/// <summary>/configs.</summary>
internal sealed class ConfigEndpoints(EngineServices services)
{
    public void Add(RouteTable routes)
    {
        routes.Get("/configs", ListAsync);
        routes.Post("/configs/create", CreateAsync);
        routes.Post("/configs/{name}/update", UpdateAsync);
        routes.Get("/configs/{name}", InspectAsync);
        routes.Delete("/configs/{name}", RemoveAsync);
    }

    private async Task ListAsync(EngineRequest request)
    {
        IReadOnlyList<ConfigInspect> configs = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
        {
            ObjectQuery query = ObjectFilters.Configs(request.Filters());
            return (await control.ListConfigsAsync(query, stop)).Select(ConfigView.Of).ToList();
        });
        await request.AnswerJsonAsync(configs, EngineJson.Default.IReadOnlyListConfigInspect);
    }

    private async Task InspectAsync(EngineRequest request)
    {
        ConfigInspect found = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
            ConfigView.Of(await ObjectLookup.ConfigAsync(control, request.Name, stop)));
        await request.AnswerJsonAsync(found, EngineJson.Default.ConfigInspect);
    }

    private async Task CreateAsync(EngineRequest request)
    {
        ApiConfigSpec asked = await request.ReadJsonAsync(EngineJson.Default.ConfigSpec);
        if (asked.Templating is not null && !request.Version.IsAtLeast(1, 37))
        {
            throw new RefusedException(ErrorKind.Invalid,
                $"config templating is not supported on the specified API version: {request.Version}");
        }

        Config created = await SwarmRequests.AskAsync(
            services, request, (control, stop) => control.CreateConfigAsync(ConfigView.ToSpec(asked), stop));
        await request.AnswerJsonAsync(
            new SwarmObjectCreated { Id = created.RawId }, EngineJson.Default.SwarmObjectCreated, 201);
    }

    private async Task UpdateAsync(EngineRequest request)
    {
        ApiConfigSpec asked = await request.ReadJsonAsync(EngineJson.Default.ConfigSpec);
        ObjectVersion version = SwarmRequests.Version(request, "invalid config version");
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
        {
            Config config = await ObjectLookup.ConfigAsync(control, request.Name, stop);
            await control.UpdateConfigAsync(config.Id, version, ConfigView.ToSpec(asked), stop);
        });
        await request.AnswerAsync(200);
    }

    private async Task RemoveAsync(EngineRequest request)
    {
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
        {
            Config config = await ObjectLookup.ConfigAsync(control, request.Name, stop);
            await control.RemoveConfigAsync(config.Id, stop);
        });
        await request.AnswerAsync(204);
    }
}
