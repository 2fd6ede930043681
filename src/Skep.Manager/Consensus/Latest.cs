namespace Skep.Manager.Consensus;

/// <summary>A value that changes, and a way to wait for its next change. A late reader sees only the newest.</summary>
/// <remarks>One writer; any number of readers on any thread.</remarks>
public sealed class Latest<T>(T first)
{
    private volatile State state = new(first);

    public T Value => state.Value;

    /// <summary>The value now, and a task that ends when it has been replaced.</summary>
    public (T Value, Task Changed) Read()
    {
        State now = state;
        return (now.Value, now.Replaced.Task);
    }

    /// <summary>Waits until the value is as wanted.</summary>
    public async Task<T> WaitAsync(Func<T, bool> isWanted, CancellationToken stop)
    {
        while (true)
        {
            (T value, Task changed) = Read();
            if (isWanted(value))
            {
                return value;
            }

            await changed.WaitAsync(stop);
        }
    }

    internal void Set(T value)
    {
        State before = state;
        if (!EqualityComparer<T>.Default.Equals(before.Value, value))
        {
            state = new State(value);
            before.Replaced.SetResult();
        }
    }

    private sealed class State(T value)
    {
        public T Value => value;

        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
