using Skep.Agent.Containers;
using Skep.Agent.Images;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Engine.Machine;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>What the engine says of itself: ping, version, info, events, disk usage.</summary>
internal sealed class SystemEndpoints(EngineServices services, ToolVersions versions)
{
    private readonly SystemReports reports = new(services, versions);

    public void Add(RouteTable routes)
    {
        routes.Get("/_ping", PingAsync);
        routes.Head("/_ping", PingAsync);
        routes.Get("/version", async request =>
            await request.AnswerJsonAsync(await reports.VersionAsync(request.Stop), EngineJson.Default.SystemVersion));
        routes.Get("/info", async request =>
            await request.AnswerJsonAsync(
                await reports.InfoAsync(request.Version, request.Stop), EngineJson.Default.SystemInfo));
        routes.Stream("GET", "/events", EventsAsync);
        routes.Get("/system/df", DiskUsageAsync);
        routes.Get("/plugins", request =>
            request.AnswerJsonAsync([], EngineJson.Default.IReadOnlyListEmpty));

        // "docker inspect" asks here last: a thing that is nothing else must be no plugin either.
        routes.Get("/plugins/{name}/json", request => throw new RefusedException(
            ErrorKind.NotFound, $"plugin \"{request.Name}\" not found"));

        // "docker system prune" asks every part to clean up. Nothing is built here, so there is nothing to clean.
        routes.Post("/build/prune", request =>
            request.AnswerJsonAsync(new BuildCachePruned(), EngineJson.Default.BuildCachePruned));
        routes.Post("/skep/shutdown", ShutdownAsync);
        routes.Add("OPTIONS", "/{name}", RouteCost.Read, request => request.AnswerAsync(200));
    }

    private Task PingAsync(EngineRequest request)
    {
        request.SetHeader("Cache-Control", "no-cache, no-store, must-revalidate");
        request.SetHeader("Pragma", "no-cache");
        request.SetHeader("Swarm", SwarmReport.Header(services.Swarm.Status));
        return request.IsHead ? request.AnswerHeadAsync() : request.AnswerTextAsync("OK");
    }

    private async Task EventsAsync(EngineRequest request)
    {
        DateTimeOffset? since = Timestamps.ParseUnix(request.Text("since"));
        DateTimeOffset? until = Timestamps.ParseUnix(request.Text("until"));
        if (since > until)
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                $"`since` time ({request.Text("since")}) cannot be after `until` time ({request.Text("until")})");
        }

        // Listening begins before the head is out: what the client does next is in the stream.
        IAsyncEnumerable<EventMessage> events =
            services.Events.SubscribeAsync(since, until, request.Filters(), request.Stop);
        await request.StartStreamAsync("application/json");
        bool withImageCreate = request.Version.IsAtLeast(1, 46);
        await foreach (EventMessage message in events)
        {
            if (withImageCreate || message is not { Type: "image", Action: "create" })
            {
                await request.SendLineAsync(message, EngineJson.Default.EventMessage, request.Stop);
            }
        }
    }

    private async Task DiskUsageAsync(EngineRequest request)
    {
        IReadOnlyList<string> types = request.Version.IsAtLeast(1, 42) ? request.Texts("type") : [];
        string? unknown = types.FirstOrDefault(
            type => type is not ("container" or "image" or "volume" or "build-cache"));
        if (unknown is not null)
        {
            throw new RefusedException(ErrorKind.Invalid, $"unknown object type: {unknown}");
        }

        bool Wants(string type) => types.Count == 0 || types.Contains(type);
        IReadOnlyList<ImageSummary>? images = Wants("image")
            ? services.Images.List(new ImageListOptions { SharedSize = true, ContainerCount = true })
            : null;
        var all = new ListOptions(All: true, Limit: 0, Size: true, Filters.None);
        var usage = new DiskUsage
        {
            LayersSize = images is null ? 0 : services.Images.LayersBytes(),
            Images = images is null ? null : [.. images.Select(row => ImageEndpoints.Shape(row, request.Version))],
            Containers = Wants("container") ? await services.Containers.ListAsync(all, request.Stop) : null,
            Volumes = Wants("volume") ? services.Volumes.Usage(request.Stop) : null,
            BuildCache = Wants("build-cache") ? [] : null,
            BuilderSize = request.Version.IsAtLeast(1, 42) ? null : 0,
        };
        await request.AnswerJsonAsync(usage, EngineJson.Default.DiskUsage);
    }

    private async Task ShutdownAsync(EngineRequest request)
    {
        services.Log.Info("asked to end through the API");
        await request.AnswerAsync(204);
        services.Shutdown();
    }
}
