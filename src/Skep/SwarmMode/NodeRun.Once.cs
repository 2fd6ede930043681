using Skep.Manager.Founding;
using Skep.Transport.Identity;
using Skep.Transport.Parts;

namespace Skep.SwarmMode;

// The parts of a node that run together.
internal sealed partial class NodeRun
{
    private async Task RunOnceAsync(NodeStart next, CancellationToken stop)
    {
        NewSwarm? founded = await OpenIdentityAsync(next, stop);
        renewal = new CertificateRenewal(keyFile!, credentials!, Requests(), parts.Ids, parts.Time, parts.Log);
        await Supervise.RunAsync(
            [
                end => ManageAsync(founded, next, end),
                renewal.RunAsync,
                WorkAsync,
                BecomeReadyAsync,
            ],
            stop);
    }
}
