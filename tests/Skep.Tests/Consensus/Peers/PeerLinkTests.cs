using Skep.Manager.Consensus;
using Skep.Swarm;

namespace Skep.Tests.Consensus.Peers;

public class PeerLinkTests
{
    /// <remarks>
    /// A log that is read again makes and retires a link for every manager that ever was, in microseconds; and a
    /// manager that stops ends its links while its log goes on.
    /// </remarks>
    [Fact]
    public async Task A_link_that_has_ended_may_still_be_retired()
    {
        var link = new PeerLink(
            2,
            "127.0.0.1:1",
            new PeerLinksOptions
            {
                Connect = static (_, _) => throw new InvalidOperationException("it was retired before it began"),
                Time = TimeProvider.System,
                Log = Log.None,
            },
            static _ => { });
        link.Retire();
        await link.RunAsync(CancellationToken.None);
        link.Retire();
        Assert.False(link.IsActive);
    }
}
