using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using ApiSecretSpec = Skep.Docker.Engine.SecretSpec;

namespace Skep.Engine.Endpoints;

/// <summary>/secrets.</summary>
internal sealed class SecretEndpoints(EngineServices services)
{
    public void Add(RouteTable routes)
    {
        routes.Get("/secrets", ListAsync);
        routes.Post("/secrets/create", CreateAsync);
        routes.Post("/secrets/{name}/update", UpdateAsync);
        routes.Get("/secrets/{name}", InspectAsync);
        routes.Delete("/secrets/{name}", RemoveAsync);
    }

    private async Task ListAsync(EngineRequest request)
    {
        IReadOnlyList<SecretInspect> secrets = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
        {
            ObjectQuery query = ObjectFilters.Secrets(request.Filters());
            return (await control.ListSecretsAsync(query, stop)).Select(SecretView.Of).ToList();
        });
        await request.AnswerJsonAsync(secrets, EngineJson.Default.IReadOnlyListSecretInspect);
    }

    private async Task InspectAsync(EngineRequest request)
    {
        SecretInspect found = await SwarmRequests.AskAsync(services, request, async (control, stop) =>
            SecretView.Of(await ObjectLookup.SecretAsync(control, request.Name, stop)));
        await request.AnswerJsonAsync(found, EngineJson.Default.SecretInspect);
    }

    private async Task CreateAsync(EngineRequest request)
    {
        ApiSecretSpec asked = await request.ReadJsonAsync(EngineJson.Default.SecretSpec);
        if (asked.Templating is not null && !request.Version.IsAtLeast(1, 37))
        {
            throw new RefusedException(ErrorKind.Invalid,
                $"secret templating is not supported on the specified API version: {request.Version}");
        }

        Secret created = await SwarmRequests.AskAsync(
            services, request, (control, stop) => control.CreateSecretAsync(SecretView.ToSpec(asked), stop));
        await request.AnswerJsonAsync(
            new SwarmObjectCreated { Id = created.RawId }, EngineJson.Default.SwarmObjectCreated, 201);
    }

    private async Task UpdateAsync(EngineRequest request)
    {
        ApiSecretSpec asked = await request.ReadJsonAsync(EngineJson.Default.SecretSpec);
        ObjectVersion version = SwarmRequests.Version(request, "invalid secret version");
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
        {
            Secret secret = await ObjectLookup.SecretAsync(control, request.Name, stop);
            await control.UpdateSecretAsync(secret.Id, version, SecretView.ToSpec(asked), stop);
        });
        await request.AnswerAsync(200);
    }

    private async Task RemoveAsync(EngineRequest request)
    {
        await SwarmRequests.TellAsync(services, request, async (control, stop) =>
        {
            Secret secret = await ObjectLookup.SecretAsync(control, request.Name, stop);
            await control.RemoveSecretAsync(secret.Id, stop);
        });
        await request.AnswerAsync(204);
    }
}
