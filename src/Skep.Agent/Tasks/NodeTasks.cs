using Skep.Agent.Networks;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.ServiceLogs;

namespace Skep.Agent.Tasks;

/// <summary>Carries out all tasks of a node: containers, and places on networks for containers of its own.</summary>
public sealed class NodeTasks(ITaskRuntime containers, SwarmAttachments attachments) : ITaskRuntime
{
    public void Check(SwarmTask task)
    {
        if (!IsAttachment(task))
        {
            containers.Check(task);
        }
        else if (task.Networks.IsEmpty)
        {
            throw new RefusedException(ErrorKind.Invalid, "an attachment without a network");
        }
    }

    public Task PrepareAsync(SwarmTask task, CancellationToken stop)
    {
        if (!IsAttachment(task))
        {
            return containers.PrepareAsync(task, stop);
        }

        attachments.Offer(task);
        return Task.CompletedTask;
    }

    public Task<TaskEnd?> StartAsync(SwarmTask task, CancellationToken stop) =>
        IsAttachment(task) ? Task.FromResult<TaskEnd?>(null) : containers.StartAsync(task, stop);

    public async Task<TaskEnd?> WaitAsync(SwarmTask task, CancellationToken stop)
    {
        if (!IsAttachment(task))
        {
            return await containers.WaitAsync(task, stop);
        }

        await attachments.WaitAsync(task, stop);
        return new TaskEnd(0, "");
    }

    public Task<TaskEnd> EndIllAsync(SwarmTask task, CancellationToken stop) => containers.EndIllAsync(task, stop);

    public Task StopAsync(SwarmTask task, CancellationToken stop) =>
        IsAttachment(task) ? attachments.EndAsync(task, stop) : containers.StopAsync(task, stop);

    public async Task RemoveAsync(SwarmTask task, CancellationToken stop)
    {
        if (!IsAttachment(task))
        {
            await containers.RemoveAsync(task, stop);
            return;
        }

        // Another may get its addresses now.
        await attachments.EndAsync(task, stop);
        attachments.Forget(task.Id);
    }

    public TaskFacts? FactsOf(SwarmTask task) => IsAttachment(task) ? null : containers.FactsOf(task);

    public IAsyncEnumerable<SwarmLogLine> ReadLogAsync(SwarmTask task, LogQuery query, CancellationToken stop) =>
        containers.ReadLogAsync(task, query, stop);

    public Task RemoveUnknownAsync(Func<string, bool> isKnown, CancellationToken stop) =>
        containers.RemoveUnknownAsync(isKnown, stop);

    private static bool IsAttachment(SwarmTask task) => task.Spec.Runtime is NetworkAttachmentSpec;
}
