using Skep.Transport.Identity;
using Skep.Transport.Parts;

namespace Skep.SwarmMode;

// The parts of a node that run together.
internal sealed partial class NodeRun
{
    private async Task RunOnceAsync(NodeStart next, CancellationToken stop)
    {
        Beginning begun = await OpenIdentityAsync(next, stop);
        renewal = new CertificateRenewal(keyFile!, credentials!, Requests(), parts.Ids, parts.Time, parts.Log);
        await Supervise.RunAsync(
            [
                end => ManageAsync(begun, next, end),
                renewal.RunAsync,
                WorkAsync,
                BecomeReadyAsync,
            ],
            stop);
    }
}
