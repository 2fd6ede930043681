using Skep.Agent.Images;
using Skep.Docker.Engine;
using Skep.Docker.References;
using Skep.Engine.Requests;
using Skep.Swarm;
using Skep.Transport.Rpc;

namespace Skep.Engine.Endpoints;

// Images on their way in and out.
internal sealed partial class ImageEndpoints
{
    private Task PullOrImportAsync(EngineRequest request) => ReportAsync(
        request,
        report => request.Text("fromImage").Length > 0 ? PullAsync(request, report) : ImportAsync(request, report));

    private Task PullAsync(EngineRequest request, ReportProgress report)
    {
        // "pull --all-tags" may send a name with a colon behind it.
        string name = request.Text("fromImage").TrimEnd(':');
        ImageReference reference = ImageReference.Parse(name, Value(request.Text("tag")));
        if (reference.FamiliarName == "scratch")
        {
            throw new RefusedException(ErrorKind.Forbidden, "'scratch' is a reserved name");
        }

        return images.PullAsync(reference, PlatformOf(request), Credentials(request), report, request.Stop);
    }

    private async Task ImportAsync(EngineRequest request, ReportProgress report)
    {
        string source = request.Text("fromSrc");
        if (source != "-")
        {
            throw new RefusedException(
                ErrorKind.Unsupported, "importing from an address is not implemented by this version of Skep");
        }

        string repository = request.Text("repo");
        string message = request.Text("message");
        var import = new ImportRequest
        {
            Reference = repository.Length == 0
                ? null
                : ImageReference.Parse(repository, Value(request.Text("tag"))).WithDefaultTag(),
            Changes = request.Texts("changes"),
            Message = message.Length == 0 ? "Imported from " + source : message,
            Platform = PlatformOf(request),
        };
        await images.ImportAsync(request.Body, import, report, request.Stop);
    }

    private Task LoadAsync(EngineRequest request) => ReportAsync(
        request,
        report => images.LoadAsync(request.Body, request.Flag("quiet", whenAbsent: true), report, request.Stop));

    private Task SaveAsync(EngineRequest request)
    {
        IReadOnlyList<string> names = request.Name.Length > 0 ? [request.Name] : request.Texts("names");
        return images.SaveAsync(names, request.AnswerBody("application/x-tar"), request.Stop);
    }

    /// <summary>Work that reports line by line. Once a line is out, a refusal is a line too.</summary>
    private static async Task ReportAsync(EngineRequest request, Func<ReportProgress, Task> work)
    {
        try
        {
            await work((message, stop) => request.SendLineAsync(message, EngineJson.Default.ProgressMessage, stop));
        }
        catch (Exception e) when (request.HasStarted && e is RefusedException or RpcException or IOException)
        {
            (_, string words) = Refusals.Describe(e);
            var failed = new ProgressMessage { Error = words, ErrorDetail = new ErrorDetail { Message = words } };
            await request.SendLineAsync(failed, EngineJson.Default.ProgressMessage, request.Stop);
            return;
        }

        if (!request.HasStarted)
        {
            await request.AnswerAsync(200);
        }
    }
}
