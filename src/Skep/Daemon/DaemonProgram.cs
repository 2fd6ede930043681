using Skep.Daemon.Options;
using Skep.Linux.Files;
using Skep.Linux.Processes;
using Skep.Swarm;

namespace Skep.Daemon;

/// <summary><c>skep daemon</c>: from arguments to an exit code.</summary>
public static class DaemonProgram
{
    private const int Fine = 0, Refused = 1, Broken = 2;

    // Threads that the pool has without hesitating. Left to itself it has one for each processor and is slow to add
    // more: thirty containers that start at once keep two in system calls for seconds, while the heartbeats of
    // consensus wait behind them and leaders fall.
    private const int PoolThreads = 64;

    public static async Task<int> RunAsync(string[] arguments)
    {
        TimeProvider time = TimeProvider.System;
        var log = new Log(new StderrLog(time).Write, Severity.Info);
        try
        {
            if (DaemonCommandLine.Read(arguments, Console.Out) is not var (options, isValidateOnly))
            {
                return Fine;
            }

            if (isValidateOnly)
            {
                Console.WriteLine("configuration OK");
                return Fine;
            }

            log.Least = options.LogLevel;
            OwnProcess.SetUmask(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);
            ThreadPool.GetMinThreads(out int workers, out int ports);
            Invariant.Holds(ThreadPool.SetMinThreads(Math.Max(workers, PoolThreads), ports));
            using var signals = new StopSignals(log);
            try
            {
                await DaemonWiring.RunAsync(options, arguments, signals, time, log);
            }
            catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
            {
                log.Info("told to end before it served");
            }

            log.Info("the daemon has ended");
            return Fine;
        }
        catch (RefusedException e)
        {
            log.Fatal(e.Message);
            return Refused;
        }
        catch (SyncFailedException e)
        {
            log.Fatal("the disk did not take what was written; nothing after it can be trusted", ("reason", e.Message));
            return Broken;
        }
        catch (Exception e)
        {
            log.Debug(e.ToString());
            log.Fatal("the daemon cannot go on", ("error", e.GetType().Name), ("reason", e.Message));
            return Broken;
        }
    }
}
