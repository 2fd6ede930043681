using Skep.Manager.Dispatch;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Tests.Dispatch;

/// <summary>A store that commits at once, and tells the dispatcher as consensus would.</summary>
internal sealed class TestStore
{
    private readonly Lock gate = new();
    private ulong revision;

    public StoreSnapshot Committed { get; private set; } = StoreSnapshot.Empty;

    public Dispatcher? Dispatcher { get; set; }

    public StoreAccess Access => new(() => Committed, (change, _) =>
    {
        Update(change);
        return Task.CompletedTask;
    });

    public void Update(Action<Transaction> change)
    {
        lock (gate)
        {
            var write = new Transaction(Committed, new ObjectVersion(++revision), TimeProvider.System.GetUtcNow());
            change(write);
            Committed = write.ToSnapshot();
            if (write.ChangeCount > 0)
            {
                Dispatcher?.OnCommitted(write.Changes);
            }
        }
    }
}
