using System.IO.Compression;
using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Engine.Endpoints;

// Files in and out of containers, as tar archives.
internal sealed partial class ContainerEndpoints
{
    private const string PathStatHeader = "X-Docker-Container-Path-Stat";

    private void AddArchives(RouteTable routes)
    {
        routes.Head("/containers/{name}/archive", StatPathAsync);
        routes.Stream("GET", "/containers/{name}/archive", GetArchiveAsync);
        routes.Stream("PUT", "/containers/{name}/archive", PutArchiveAsync);
    }

    private async Task StatPathAsync(EngineRequest request)
    {
        PathStat stat = await containers.StatPathAsync(request.Name, PathOf(request), request.Stop);
        request.SetHeader(PathStatHeader, Encode(stat));
        await request.AnswerAsync(200);
    }

    private async Task GetArchiveAsync(EngineRequest request)
    {
        bool isPacked = request.Header("Accept-Encoding").Split(',').Any(
            encoding => encoding.Split(';')[0].Trim().Equals("gzip", StringComparison.OrdinalIgnoreCase));
        Stream? packed = null;
        await containers.GetArchiveAsync(
            request.Name,
            PathOf(request),
            (stat, _) =>
            {
                request.SetHeader(PathStatHeader, Encode(stat));
                Stream body = request.AnswerBody("application/x-tar");
                if (isPacked)
                {
                    request.SetHeader("Content-Encoding", "gzip");
                    body = packed = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true);
                }

                return Task.FromResult(body);
            },
            request.Stop);

        // Only a whole archive gets its end: an error before leaves it cut, and the client sees that.
        if (packed is not null)
        {
            await packed.DisposeAsync();
        }
    }

    private async Task PutArchiveAsync(EngineRequest request)
    {
        string path = PathOf(request);
        await containers.PutArchiveAsync(
            request.Name,
            path,
            request.Body,
            request.Flag("noOverwriteDirNonDir"),
            request.Flag("copyUIDGID"),
            request.Stop);
        await request.AnswerAsync(200);
    }

    private static string PathOf(EngineRequest request) => request.Text("path") is { Length: > 0 } path
        ? path
        : throw new RefusedException(ErrorKind.Invalid, "bad parameter: path cannot be empty");

    private static string Encode(PathStat stat) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(stat, EngineJson.Default.PathStat));
}
