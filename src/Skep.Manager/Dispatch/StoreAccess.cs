using Skep.Swarm.Store;

namespace Skep.Manager.Dispatch;

/// <summary>Changes the store in one transaction; done when it is committed.</summary>
public delegate Task UpdateStore(Action<Transaction> change, CancellationToken stop);

/// <summary>The replicated store, as far as the dispatcher needs it.</summary>
/// <param name="Committed">The newest committed state; must be cheap.</param>
public sealed record StoreAccess(Func<StoreSnapshot> Committed, UpdateStore Update);
