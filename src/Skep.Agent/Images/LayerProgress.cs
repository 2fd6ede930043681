using Skep.Docker.Engine;
using Skep.Docker.Images;

namespace Skep.Agent.Images;

/// <summary>The progress lines of one layer; those that only count on come at most every 100 ms.</summary>
/// <param name="id">Twelve digits: what the client writes in front of the line.</param>
internal sealed class LayerProgress(ReportProgress report, TimeProvider time, string id)
{
    private long? lastLine;
    private (string Action, long Current) lastCount;

    public ValueTask SayAsync(string status, CancellationToken stop) =>
        report(new ProgressMessage { Status = status, Id = id, ProgressDetail = new ProgressDetail() }, stop);

    public ValueTask BytesAsync(string action, long current, long total, CancellationToken stop)
    {
        long now = time.GetTimestamp();
        if (lastCount.Action == action && lastLine is { } last
            && time.GetElapsedTime(last, now) < ImageLimits.ProgressInterval)
        {
            return ValueTask.CompletedTask;
        }

        lastLine = now;
        return LineAsync(action, current, total, stop);
    }

    /// <summary>The last line of an action; it is never left out.</summary>
    public ValueTask DoneBytesAsync(string action, long total, CancellationToken stop) =>
        lastCount == (action, total) ? ValueTask.CompletedTask : LineAsync(action, total, total, stop);

    private ValueTask LineAsync(string action, long current, long total, CancellationToken stop)
    {
        lastCount = (action, current);
        return report(
            new ProgressMessage
            {
                Status = action,
                Id = id,
                ProgressDetail = new ProgressDetail { Current = current, Total = total > 0 ? total : null },
                Progress = ProgressBar.Text(current, total),
            },
            stop);
    }
}
