namespace Skep.Engine.Routing;

/// <summary>How many requests of one cost are at work. Thread-safe.</summary>
internal sealed class InFlight(int countMax)
{
    private int count;

    /// <returns>False: there are too many; nothing was counted.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref count) <= countMax)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref count);
}
