using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Docker.Engine;

namespace Skep.Cli.Swarm;

/// <summary>
/// Waits until every node has a certificate of the new root and trusts nothing else, and shows how far it is.
/// </summary>
internal sealed class RootRotation(Invocation call, bool isShown)
{
    private const string Digest = "desired root digest";
    private const string Certificates = "  rotated TLS certificates";
    private const string Roots = "  rotated CA certificates";
    private const int BarWidth = 50, LineCount = 3, WideColumns = 110;

    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(200);

    private bool hasLines;

    public async Task WaitAsync(CancellationToken stop)
    {
        Show("", 0, 0, 0);
        bool isDone = false;
        while (true)
        {
            SwarmInspect swarm = await SwarmApi.InspectAsync(call, stop);
            if (isDone)
            {
                return;
            }

            JsonElement nodes = await call.Engine.GetAsync("/nodes", stop);
            isDone = Look(swarm, [.. nodes.Items()]);
            try
            {
                await Task.Delay(pause, call.Session.Time, stop);
            }
            catch (OperationCanceledException) when (!isDone)
            {
                call.Console.Write(isShown ? "Operation continuing in background.\n" : "");
                throw;
            }
        }
    }

    // True when there is nothing left to do.
    private bool Look(SwarmInspect swarm, List<JsonElement> nodes)
    {
        TlsInfo wanted = swarm.TlsInfo;
        int certified = nodes.Count(node => HasIssuer(node, wanted));
        int trusting = nodes.Count(node => Tls(node).Text("TrustRoot") == (wanted.TrustRoot ?? ""));
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(wanted.TrustRoot ?? ""));

        // Roots are only given to the nodes when all have their certificate.
        bool isSecondStep = certified == nodes.Count && !swarm.RootRotationInProgress;
        Show($"sha256:{Convert.ToHexStringLower(digest)}", certified, isSecondStep ? trusting : 0, nodes.Count);
        return isSecondStep && trusting == nodes.Count;
    }

    private static bool HasIssuer(JsonElement node, TlsInfo wanted) =>
        Tls(node).Text("CertIssuerPublicKey") == Convert.ToBase64String(wanted.CertIssuerPublicKey ?? [])
        && Tls(node).Text("CertIssuerSubject") == Convert.ToBase64String(wanted.CertIssuerSubject ?? []);

    private static JsonElement Tls(JsonElement node) => node.Member("Description").Member("TLSInfo");

    // In a file bars make no sense: docker leaves them out there, and what has nothing to count it does not.
    private void Show(string digest, int certified, int trusting, int total)
    {
        if (!isShown)
        {
            return;
        }

        if (call.Console.OutputIsTerminal)
        {
            string up = hasLines ? $"\x1b[{LineCount}A" : "";
            hasLines = true;
            call.Console.Write($"{up}\x1b[2K\r{Digest}: {digest}\n\x1b[2K\r{Certificates}: {Bar(certified, total)}\n"
                + $"\x1b[2K\r{Roots}:   {Bar(trusting, total)}\n");
            return;
        }

        call.Console.WriteLine($"{Digest}: {digest}");
        call.Console.Write(total > 0 ? "" : $"{Certificates}: \n{Roots}:  \n");
    }

    private string Bar(int count, int total)
    {
        if (total == 0)
        {
            return "";
        }

        int done = count * BarWidth / total;
        string bar = call.Console.Size.Columns > WideColumns
            ? $"[{new string('=', done)}>{new string(' ', BarWidth - done)}] "
            : "";
        return $"{bar}{count}/{total} nodes";
    }
}
