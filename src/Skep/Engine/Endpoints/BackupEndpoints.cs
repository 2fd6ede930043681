using System.Text;
using Skep.Docker.Engine;
using Skep.Engine.Requests;
using Skep.Engine.Routing;
using Skep.Swarm;
using Skep.SwarmMode;

namespace Skep.Engine.Endpoints;

/// <summary>/skep/swarm: backup and restore, which Docker's API does not have.</summary>
/// <remarks>The passphrase comes in a header, in base64: it must be in no address that somebody writes down.</remarks>
internal sealed class BackupEndpoints(EngineServices services)
{
    /// <summary>The passphrase in base64 of UTF-8; absent: the unlock key.</summary>
    public const string PassphraseHeader = "X-Skep-Passphrase";

    public void Add(RouteTable routes)
    {
        routes.Stream("GET", "/skep/swarm/backup", BackupAsync);
        routes.Stream("POST", "/skep/swarm/restore", RestoreAsync);
    }

    private async Task BackupAsync(EngineRequest request)
    {
        ReadOnlyMemory<byte> content = await services.Swarm.BackupAsync(Passphrase(request), request.Stop);
        Stream answer = request.AnswerBody("application/octet-stream");
        await answer.WriteAsync(content, request.Stop);
    }

    private async Task RestoreAsync(EngineRequest request)
    {
        string nodeId = await services.Swarm.RestoreAsync(
            new InitOptions
            {
                ListenAddress = request.Text("listenAddr"),
                AdvertiseAddress = request.Text("advertiseAddr"),
                DataPathAddress = request.Text("dataPathAddr"),
                DataPathPort = 0,
                ForceNewCluster = false,
                AutoLockManagers = false,
                DefaultAddressPools = [],
                SubnetSize = 0,
                Availability = "",
            },
            request.Body,
            Passphrase(request),
            request.Stop);
        await request.AnswerJsonAsync(nodeId, EngineJson.Default.String);
    }

    private static string Passphrase(EngineRequest request)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(request.Header(PassphraseHeader)));
        }
        catch (FormatException)
        {
            throw new RefusedException(ErrorKind.Invalid, $"the header {PassphraseHeader} is not in base64");
        }
    }
}
