using System.Runtime.ExceptionServices;

namespace Skep.Agent.Network;

/// <summary>
/// Work that costs as much for one as for many: what comes while it is under way is done next, together.
/// </summary>
/// <remarks>Thread-safe. Those who wait hold no thread.</remarks>
/// <param name="most">How many are done together at most; those behind them come next.</param>
/// <param name="work">
/// One call at a time. What it could not do for many it is asked to do again for each alone, so that one that cannot be
/// done keeps none of the others; what is done already must be no error.
/// </param>
internal sealed class Gathering<T>(int most, Action<IReadOnlyList<T>> work) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Lock gate = new();
    private readonly Queue<Part> waiting = new();

    /// <summary>Ends when the work was done for the item; fails as the work did.</summary>
    public async Task DoAsync(T item)
    {
        var part = new Part(item);
        lock (gate)
        {
            waiting.Enqueue(part);
        }

        await turn.WaitAsync(CancellationToken.None);
        try
        {
            // Whoever had the turn before may have done this part with his own; more than fit may be before it.
            while (!part.IsDone)
            {
                DoAll(Take());
            }
        }
        finally
        {
            turn.Release();
        }

        part.Failure?.Throw();
    }

    public void Dispose() => turn.Dispose();

    private List<Part> Take()
    {
        lock (gate)
        {
            var taken = new List<Part>(Math.Min(most, waiting.Count));
            while (taken.Count < most && waiting.TryDequeue(out Part? next))
            {
                taken.Add(next);
            }

            return taken;
        }
    }

    private void DoAll(List<Part> parts)
    {
        ExceptionDispatchInfo? failure = Try([.. parts.Select(static part => part.Item)]);
        foreach (Part part in parts)
        {
            part.Failure = failure is not null && parts.Count > 1 ? Try([part.Item]) : failure;
            part.IsDone = true;
        }
    }

    private ExceptionDispatchInfo? Try(IReadOnlyList<T> items)
    {
        try
        {
            work(items);
            return null;
        }
        catch (Exception failure)
        {
            return ExceptionDispatchInfo.Capture(failure); // Thrown again by whoever asked for it.
        }
    }

    private sealed class Part(T item)
    {
        public T Item => item;

        public bool IsDone { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
