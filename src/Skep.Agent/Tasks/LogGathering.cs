using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Skep.Linux.Files;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;

namespace Skep.Agent.Tasks;

/// <summary>Reads the logs of all tasks of this node that somebody asks for, and of those that come later.</summary>
internal sealed class LogGathering(
    ITaskRuntime runtime, Func<IEnumerable<TaskRunner>> runners, Func<Task> nextRunner, Log log)
{
    /// <summary>Lines of one task are in order. Ends when all are read, or, followed, with the caller only.</summary>
    public async IAsyncEnumerable<SwarmLogLine> ReadAsync(
        LogSelector selector, LogQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        var lines = Channel.CreateBounded<SwarmLogLine>(
            new BoundedChannelOptions(TaskLimits.LogLines) { SingleReader = true });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task gathering = GatherAsync(selector, query, lines.Writer, over.Token);
        try
        {
            await foreach (SwarmLogLine line in lines.Reader.ReadAllAsync(stop))
            {
                yield return line;
            }
        }
        finally
        {
            await over.CancelAsync();
            await gathering;
        }
    }

    private static bool IsMeant(LogSelector selector, SwarmTask task) =>
        selector.Tasks.Contains(task.Id)
        || selector.Services.Contains(task.ServiceId)
        || selector.Nodes.Contains(task.NodeId);

    private async Task GatherAsync(
        LogSelector selector, LogQuery query, ChannelWriter<SwarmLogLine> lines, CancellationToken stop)
    {
        var begun = new HashSet<TaskId>();
        var pumps = new List<Task>();
        try
        {
            while (true)
            {
                // Taken before the look, so that none is missed between look and wait.
                Task next = nextRunner();
                pumps.AddRange(runners()
                    .Where(runner => IsMeant(selector, runner.Current) && begun.Add(runner.Current.Id))
                    .Select(runner => PumpAsync(runner, query, lines, stop)));
                if (!query.Follow)
                {
                    break;
                }

                await next.WaitAsync(stop);
            }

            await Task.WhenAll(pumps);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader has enough.
            await Task.WhenAll(pumps);
        }
        finally
        {
            lines.Complete();
        }
    }

    private async Task PumpAsync(
        TaskRunner runner, LogQuery query, ChannelWriter<SwarmLogLine> lines, CancellationToken stop)
    {
        try
        {
            if (query.Follow)
            {
                await runner.HasContainer.WaitAsync(stop);
            }

            await foreach (SwarmLogLine line in runtime.ReadLogAsync(runner.Current, query, stop))
            {
                await lines.WriteAsync(line, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader has enough.
        }
        catch (Exception e) when (e is RefusedException or (IOException and not SyncFailedException))
        {
            log.Debug("a task's log cannot be read", ("task", runner.Current.Id), ("reason", e.Message));
        }
    }
}
