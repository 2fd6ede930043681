using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Docker.Engine;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Engine.Endpoints;

/// <summary>/secrets or /configs: the same requests about two kinds of values.</summary>
internal sealed class ValueEndpoints<T, TView, TAsked>(EngineServices services, ValueKind<T, TView, TAsked> kind)
    where T : StoreObject
    where TAsked : class
{
    public void Add(RouteTable routes)
    {
        string path = $"/{kind.Word}s";
        routes.Get(path, ListAsync);
        routes.Post(path + "/create", CreateAsync);
        routes.Post(path + "/{name}/update", UpdateAsync);
        routes.Get(path + "/{name}", InspectAsync);
        routes.Delete(path + "/{name}", RemoveAsync);
    }

    private async Task ListAsync(EngineRequest request)
    {
        IReadOnlyList<TView> found = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
            (await kind.List(control, kind.Query(request.Filters()), stop)).Select(kind.View).ToList());
        await request.AnswerJsonAsync(found, kind.ViewsJson);
    }

    private async Task InspectAsync(EngineRequest request)
    {
        TView found = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
            kind.View(await kind.Find(control, request.Name, stop)));
        await request.AnswerJsonAsync(found, kind.ViewJson);
    }

    private async Task CreateAsync(EngineRequest request)
    {
        TAsked asked = await request.ReadJsonAsync(kind.AskedJson);
        if (kind.IsTemplate(asked) && !request.Version.IsAtLeast(1, 37))
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"{kind.Word} templating is not supported on the specified API version: {request.Version}");
        }

        T created = await SwarmRequests.AskAsync(
            services, request, (control, stop) => kind.Create(control, asked, stop));
        await request.AnswerJsonAsync(
            new SwarmObjectCreated { Id = created.RawId }, EngineJson.Default.SwarmObjectCreated, 201);
    }

    private async Task UpdateAsync(EngineRequest request)
    {
        TAsked asked = await request.ReadJsonAsync(kind.AskedJson);
        ObjectVersion version = SwarmRequests.Version(request, $"invalid {kind.Word} version");
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
            await kind.Update(control, await kind.Find(control, request.Name, stop), version, asked, stop));
        await request.AnswerAsync(200);
    }

    private async Task RemoveAsync(EngineRequest request)
    {
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
            await kind.Remove(control, await kind.Find(control, request.Name, stop), stop));
        await request.AnswerAsync(204);
    }
}
