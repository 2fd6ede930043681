using System.Buffers.Text;
using System.Text.Json;
using Skep.Agent.Images;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Docker.Images;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

/// <summary>/images, /distribution and /auth.</summary>
internal sealed partial class ImageEndpoints(EngineServices services)
{
    private readonly ImageEngine images = services.Images;

    public void Add(RouteTable routes)
    {
        routes.Get("/images/json", ListAsync);
        routes.Stream("GET", "/images/get", SaveAsync);
        routes.Stream("GET", "/images/{name}/get", SaveAsync);
        routes.Get("/images/{name}/history", HistoryAsync);
        routes.Get("/images/{name}/json", InspectAsync);
        routes.Stream("POST", "/images/load", LoadAsync);
        routes.Stream("POST", "/images/create", PullOrImportAsync);
        routes.Post("/images/{name}/tag", TagAsync);
        routes.Post("/images/prune", PruneAsync);
        routes.Delete("/images/{name}", RemoveAsync);
        routes.Get("/distribution/{name}/json", DistributionAsync);
        routes.Post("/auth", AuthenticateAsync);
    }

    private async Task ListAsync(EngineRequest request)
    {
        Filters filters = request.Filters();
        string oldFilter = request.Text("filter");
        if (!request.Version.IsAtLeast(1, 41) && oldFilter.Length > 0)
        {
            filters = filters.With("reference", oldFilter);
        }

        bool withSharedSize = request.Version.IsAtLeast(1, 42) && request.Flag("shared-size");
        IReadOnlyList<ImageSummary> rows = images.List(
            new ImageListOptions { All = request.Flag("all"), SharedSize = withSharedSize, Filters = filters });
        await request.AnswerJsonAsync(
            [.. rows.Select(row => Shape(row, request.Version))], EngineJson.Default.IReadOnlyListImageSummary);
    }

    /// <summary>A row as the client's version of the API has it.</summary>
    internal static ImageSummary Shape(ImageSummary row, ApiVersion version)
    {
        row = row with
        {
            RepoTags = row.RepoTags ?? [],
            RepoDigests = row.RepoDigests ?? [],
            VirtualSize = version.IsAtLeast(1, 44) ? null : row.Size,
        };
        return version.IsAtLeast(1, 43) || row.RepoTags.Count > 0 || row.RepoDigests.Count > 0
            ? row
            : row with { RepoTags = ["<none>:<none>"], RepoDigests = ["<none>@<none>"] };
    }

    private async Task InspectAsync(EngineRequest request)
    {
        ImageInspect image = await images.InspectAsync(request.Name, request.Stop);
        if (!request.Version.IsAtLeast(1, 44))
        {
            string created = string.IsNullOrEmpty(image.Created) ? "0001-01-01T00:00:00Z" : image.Created;
            image = image with { VirtualSize = image.Size, Created = created };
        }

        await request.AnswerJsonAsync(image, EngineJson.Default.ImageInspect);
    }

    private async Task HistoryAsync(EngineRequest request) =>
        await request.AnswerJsonAsync(
            await images.HistoryAsync(request.Name, request.Stop), EngineJson.Default.IReadOnlyListHistoryItem);

    private async Task TagAsync(EngineRequest request)
    {
        await images.TagAsync(request.Name, request.Text("repo"), Value(request.Text("tag")), request.Stop);
        await request.AnswerAsync(201);
    }

    private async Task RemoveAsync(EngineRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Name))
        {
            throw new RefusedException(ErrorKind.Invalid, "image name cannot be blank");
        }

        IReadOnlyList<ImageDeleted> deleted = await images.RemoveAsync(
            request.Name, request.Flag("force"), !request.Flag("noprune"), request.Stop);
        await request.AnswerJsonAsync(deleted, EngineJson.Default.IReadOnlyListImageDeleted);
    }

    private async Task PruneAsync(EngineRequest request) =>
        await request.AnswerJsonAsync(
            await images.PruneAsync(request.Filters(), request.Stop), EngineJson.Default.ImagesPruned);

    private async Task DistributionAsync(EngineRequest request) =>
        await request.AnswerJsonAsync(
            await images.InspectDistributionAsync(request.Name, Credentials(request), request.Stop),
            EngineJson.Default.DistributionInspect);

    private async Task AuthenticateAsync(EngineRequest request)
    {
        AuthConfig credentials = await request.ReadJsonAsync(EngineJson.Default.AuthConfig);
        await request.AnswerJsonAsync(
            await images.AuthenticateAsync(credentials, request.Stop), EngineJson.Default.AuthResponse);
    }

    // Base64 for URLs, with or without its padding. Pulling without credentials is no error, nor with broken ones.
    private static AuthConfig? Credentials(EngineRequest request)
    {
        string header = request.Header("X-Registry-Auth").TrimEnd('=').Replace('+', '-').Replace('/', '_');
        byte[] bytes = new byte[header.Length];
        if (header.Length == 0
            || !Base64Url.TryDecodeFromChars(header, bytes, out int length))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(0, length), EngineJson.Default.AuthConfig);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Value(string text) => text.Length == 0 ? null : text;

    private static Platform? PlatformOf(EngineRequest request) =>
        request.Version.IsAtLeast(1, 32) && request.Text("platform") is { Length: > 0 } text
            ? Platform.Parse(text)
            : null;
}
