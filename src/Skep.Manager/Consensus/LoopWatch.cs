namespace Skep.Manager.Consensus;

public sealed partial class RaftDriver
{
    /// <summary>Sees from outside whether the loop, or a transaction, does not come back.</summary>
    /// <remarks>
    /// It counts its own looks instead of reading a clock: a process that was frozen has not been stuck. It is called
    /// by a timer, one look at a time.
    /// </remarks>
    private sealed class LoopWatch(RaftDriver driver)
    {
        private Suspect step;
        private Suspect transaction;
        private TimeSpan sinceHandOver = Limits.WedgePeriod;

        public void Look()
        {
            step = step.Seen(Volatile.Read(ref driver.stepCount));
            if (step.For == Limits.SlowStep)
            {
                driver.log.Warn("A step of consensus is slow, most likely in a sync of the disk", ("for", step.For));
            }
            else if (step.For >= Limits.DeadStep)
            {
                driver.stalled.TrySetException(new DriverStalledException(step.For));
            }

            sinceHandOver += Limits.WatchPeriod;
            transaction = transaction.Seen(driver.Store.Chain?.Transactions ?? 0);
            if (transaction.For >= Limits.WedgedTransaction && sinceHandOver >= Limits.WedgePeriod)
            {
                sinceHandOver = TimeSpan.Zero;
                driver.queue.AddReport(new StoreWedged());
            }
        }

        /// <summary>Something that counts up when it begins and when it ends: odd means that it is under way.</summary>
        private readonly record struct Suspect(long Count, TimeSpan For)
        {
            public Suspect Seen(long now) =>
                new(now, now % 2 == 1 && now == Count ? For + Limits.WatchPeriod : TimeSpan.Zero);
        }
    }
}
