using Skep.Swarm;

namespace Skep.Agent.Images.Registry;

/// <summary>Cancels when nothing has moved for a while.</summary>
internal sealed class StallWatch : IDisposable
{
    private readonly TimeSpan patience;
    private readonly CancellationTokenSource quiet;
    private readonly CancellationTokenSource both;

    public StallWatch(TimeSpan patience, TimeProvider time, CancellationToken stop)
    {
        this.patience = patience;
        quiet = new CancellationTokenSource(patience, time);
        both = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, stop);
    }

    public CancellationToken Token => both.Token;

    /// <summary>Something moved.</summary>
    public void Moved() => quiet.CancelAfter(patience);

    public static RefusedException Stalled(TimeSpan patience, Exception inner) => new(
        ErrorKind.Failed, $"the registry sent nothing for {patience.TotalSeconds:0.###} seconds", inner);

    public void Dispose()
    {
        both.Dispose();
        quiet.Dispose();
    }
}
