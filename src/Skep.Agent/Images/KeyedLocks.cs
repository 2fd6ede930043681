namespace Skep.Agent.Images;

/// <summary>One lock for each key that somebody holds or waits for: two pulls do not fetch one layer twice.</summary>
internal sealed class KeyedLocks
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = [];

    /// <summary>Dispose what it gives to let the next one in.</summary>
    public async Task<IDisposable> TakeAsync(string key, CancellationToken stop)
    {
        Entry entry;
        lock (gate)
        {
            if (!entries.TryGetValue(key, out entry!))
            {
                entries[key] = entry = new Entry();
            }

            entry.UserCount++;
        }

        try
        {
            await entry.Turn.WaitAsync(stop);
        }
        catch
        {
            Leave(key, entry);
            throw;
        }

        return new Holding(this, key, entry);
    }

    private void Leave(string key, Entry entry)
    {
        lock (gate)
        {
            if (--entry.UserCount == 0)
            {
                entries.Remove(key);
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int UserCount { get; set; }
    }

    private sealed class Holding(KeyedLocks locks, string key, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Turn.Release();
            locks.Leave(key, entry);
        }
    }
}
