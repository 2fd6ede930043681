using System.Threading.Channels;
using Skep.Raft;
using Skep.Transport.Rpc;

namespace Skep.Manager.Consensus;

/// <summary>The real links: a stream to every other manager, kept open, tried again for ever.</summary>
/// <remarks>
/// The driver's thread sends and sets the peers; every link has a loop of its own, which <see cref="RunAsync"/> awaits.
/// What links find out goes to the driver as its input.
/// </remarks>
public sealed class PeerLinks(PeerLinksOptions options) : IPeerLinks
{
    private readonly Lock gate = new();
    private readonly Channel<PeerLink> begun = Channel.CreateUnbounded<PeerLink>();

    // Replaced whole, so that sending needs no lock.
    private volatile Dictionary<ulong, PeerLink> links = [];
    private volatile Action<DriverInput> report = static _ => { };

    /// <summary>To be called once, before the driver runs.</summary>
    public void Attach(RaftDriver driver) => report = driver.Report;

    public void Send(Message message)
    {
        if (links.TryGetValue(message.To, out PeerLink? link))
        {
            link.Send(message);
        }
        else if (message.Kind == MessageKind.Snapshot)
        {
            report(new SnapshotSent(message.To, false));
        }
    }

    public void SetPeers(IReadOnlyDictionary<ulong, Member> peers)
    {
        lock (gate)
        {
            var next = new Dictionary<ulong, PeerLink>();
            foreach ((ulong id, Member member) in peers)
            {
                if (links.TryGetValue(id, out PeerLink? kept) && kept.Address == member.Address)
                {
                    next[id] = kept;
                }
                else
                {
                    next[id] = new PeerLink(id, member.Address, options, input => report(input));
                    begun.Writer.TryWrite(next[id]);
                }
            }

            Dictionary<ulong, PeerLink> before = links;
            links = next;
            foreach ((ulong id, PeerLink link) in before)
            {
                if (!next.TryGetValue(id, out PeerLink? same) || same != link)
                {
                    link.Retire();
                }
            }
        }
    }

    public bool IsActive(ulong peer) => links.TryGetValue(peer, out PeerLink? link) && link.IsActive;

    /// <summary>
    /// The channel to a peer, which stays the link's; null when it is no peer or was not reached lately.
    /// </summary>
    public RpcChannel? ChannelTo(ulong peer) => links.TryGetValue(peer, out PeerLink? link) ? link.Channel : null;

    public async Task RunAsync(CancellationToken stop)
    {
        List<Task> running = [];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await foreach (PeerLink link in begun.Reader.ReadAllAsync(stop))
            {
                running.RemoveAll(static task => task.IsCompletedSuccessfully);
                running.Add(RunAsync(link, over.Token));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop: the links are told the same.
        }
        finally
        {
            // Links have no end of their own: one that broke would wait for the others for ever, and nobody would know.
            await over.CancelAsync();
            await Task.WhenAll(running);
        }
    }

    private async Task RunAsync(PeerLink link, CancellationToken stop)
    {
        try
        {
            await link.RunAsync(stop);
        }
        catch (Exception failure)
        {
            // One broken link breaks them all: it is a bug, and whoever awaits this is to see it.
            begun.Writer.TryComplete(failure);
            throw;
        }
    }
}
