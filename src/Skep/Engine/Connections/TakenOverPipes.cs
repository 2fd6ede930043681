using System.Buffers;
using System.IO.Pipelines;

namespace Skep.Engine.Connections;

/// <summary>The reading side that Kestrel has: the connection's own until it is taken over, then an end.</summary>
internal sealed class TakenOverReader(PipeReader inner) : PipeReader
{
    private volatile bool isTakenOver;

    public PipeReader TakeOver()
    {
        isTakenOver = true;
        return inner;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        isTakenOver ? new(Ended) : inner.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        if (!isTakenOver)
        {
            return inner.TryRead(out result);
        }

        result = Ended;
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!isTakenOver)
        {
            inner.AdvanceTo(consumed, examined);
        }
    }

    public override void CancelPendingRead()
    {
        if (!isTakenOver)
        {
            inner.CancelPendingRead();
        }
    }

    // Whoever took the connection over ends it himself.
    public override void Complete(Exception? exception = null)
    {
        if (!isTakenOver)
        {
            inner.Complete(exception);
        }
    }

    private static ReadResult Ended => new(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
}

/// <summary>The writing side that Kestrel has: what it says after the connection was taken over goes nowhere.</summary>
internal sealed class TakenOverWriter(PipeWriter inner) : PipeWriter
{
    private volatile bool isTakenOver;
    private byte[] nowhere = [];

    public PipeWriter TakeOver()
    {
        isTakenOver = true;
        return inner;
    }

    public override bool CanGetUnflushedBytes => !isTakenOver && inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => isTakenOver ? 0 : inner.UnflushedBytes;

    public override void Advance(int bytes)
    {
        if (!isTakenOver)
        {
            inner.Advance(bytes);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) =>
        isTakenOver ? Nowhere(sizeHint) : inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) =>
        isTakenOver ? Nowhere(sizeHint) : inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        isTakenOver ? new(new FlushResult(isCanceled: false, isCompleted: true)) : inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush()
    {
        if (!isTakenOver)
        {
            inner.CancelPendingFlush();
        }
    }

    public override void Complete(Exception? exception = null)
    {
        if (!isTakenOver)
        {
            inner.Complete(exception);
        }
    }

    private byte[] Nowhere(int sizeHint)
    {
        if (nowhere.Length < Math.Max(sizeHint, 4096))
        {
            nowhere = new byte[Math.Max(sizeHint, 4096)];
        }

        return nowhere;
    }
}
