using Skep.Swarm;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;
using Records = Skep.Swarm.Store;

namespace Skep.Manager.Watching;

/// <summary>SwarmKit's Watch: changes of the store as this manager applies them, for managers' programs.</summary>
/// <remarks>
/// Every manager serves it from its own store. A watcher that reads too slowly is told to begin anew, and costs no
/// memory until then. A message is one transaction; its version is where to resume.
/// </remarks>
public sealed class WatchService(Func<Records.ChangeFeed> feed)
{
    public void Map(RpcRoutes routes) => routes.ServerStream(
        SwarmKitMethods.Watches.Watch,
        RpcAccess.Manager,
        (request, writer, _, stop) => WatchAsync(request, writer, stop));

    private async Task WatchAsync(WatchRequest request, RpcWriter<WatchMessage> writer, CancellationToken stop)
    {
        WatchFilter[] filters = [.. request.Entries.Select(WatchFilter.Parse)];
        Records.StoreWatch watch = Begin(request.ResumeFrom);

        // The client waits for this before it does what it wants to see the effects of.
        await writer.WriteAsync(new WatchMessage(), stop);
        while (true)
        {
            Records.WatchStep step = await watch.NextAsync(stop);
            if (step.MustResync)
            {
                throw TooLate();
            }
            foreach (Records.StoreCommit commit in step.Commits)
            {
                WatchMessage message = ToMessage(commit, filters, request.IncludeOldObject);
                if (message.Events.Count > 0)
                {
                    await writer.WriteAsync(message, stop);
                }
            }
        }
    }

    private Records.StoreWatch Begin(Transport.Contracts.Version? resumeFrom) => resumeFrom is null
        ? feed().Watch()
        : feed().WatchFrom(resumeFrom.Index) ?? throw TooLate();

    private static WatchMessage ToMessage(Records.StoreCommit commit, WatchFilter[] filters, bool withOld)
    {
        var message = new WatchMessage { Version = new() { Index = commit.After.Revision } };
        foreach (Records.StoreChange change in commit.Changes)
        {
            if (!Array.Exists(filters, filter => filter.Fits(change)))
            {
                continue;
            }
            var happened = new WatchMessage.Types.Event
            {
                Action = WatchFilter.ActionOf(change.Kind),
                Object = ObjectWire.ToWatched(change.Object),
            };
            if (withOld && change is { Kind: Records.StoreActionKind.Update, Previous: { } previous })
            {
                happened.OldObject = ObjectWire.ToWatched(previous);
            }
            message.Events.Add(happened);
        }
        return message;
    }

    private static RefusedException TooLate() => SwarmRefusal.Of(
        SwarmCode.OutOfRange, "what was written since is not kept any more: list the objects and watch anew");
}
