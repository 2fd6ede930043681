namespace Skep.Manager.Measuring;

/// <summary>Counts what nodes say to this manager.</summary>
/// <remarks>Thread-safe. It goes on over the end of one time of leading and the beginning of the next.</remarks>
internal sealed class DispatchMeter
{
    private long registrations;
    private long beats;
    private long reports;

    public void Registered() => Interlocked.Increment(ref registrations);

    public void Beat() => Interlocked.Increment(ref beats);

    public void Reported(int states) => Interlocked.Add(ref reports, states);

    public DispatchSample Read(int sessions) => new(
        sessions, Volatile.Read(ref registrations), Volatile.Read(ref beats), Volatile.Read(ref reports));
}
