using System.Globalization;
using Skep.Transport.Contracts;
using Skep.Transport.Rpc;

namespace Skep.Manager.Dispatch;

/// <summary>What nodes are given: everything at first, then what changed.</summary>
public sealed partial class Dispatcher
{
    private async Task AssignmentsAsync(
        AssignmentsRequest request, RpcWriter<AssignmentsMessage> writer, RpcCaller caller, CancellationToken stop)
    {
        DispatchTerm term = Term;
        NodeSession session = term.Check(caller.Node, request.SessionId);
        using NodeSession.Listener changed = session.Listen(Topic.Assignments);
        AssignmentSet told = AssignmentSet.Empty;
        for (long sequence = 1; ; sequence++)
        {
            bool isFirst = sequence == 1;
            AssignmentSet now = AssignmentSet.Of(term.Store, caller.Node);
            var steps = now.Since(told);
            told = now;
            if (isFirst || steps.Length > 0)
            {
                var message = new AssignmentsMessage
                {
                    Type = isFirst ? AssignmentsMessage.Types.Type.Complete : AssignmentsMessage.Types.Type.Incremental,
                    AppliesTo = isFirst ? "" : Number(sequence - 1),
                    ResultsIn = Number(sequence),
                };
                message.Changes.AddRange(steps.Select(AssignmentWire.ToWire));
                await writer.WriteAsync(message, stop);
                await Task.Delay(isFirst ? TimeSpan.Zero : parts.Timings.AssignmentPause, parts.Time, stop);
            }
            else
            {
                sequence--; // Nothing was said, so nothing is counted.
            }

            await WaitAsync(session, changed.Wake, term, stop);
        }
    }

    /// <summary>The older form: all tasks, each time.</summary>
    private async Task TasksAsync(
        TasksRequest request, RpcWriter<TasksMessage> writer, RpcCaller caller, CancellationToken stop)
    {
        DispatchTerm term = Term;
        NodeSession session = term.Check(caller.Node, request.SessionId);
        using NodeSession.Listener changed = session.Listen(Topic.Assignments);
        while (true)
        {
            var message = new TasksMessage();
            message.Tasks.AddRange(AssignmentSet.Of(term.Store, caller.Node).Tasks.Select(TaskWire.ToWire));
            await writer.WriteAsync(message, stop);
            await Task.Delay(parts.Timings.AssignmentPause, parts.Time, stop);
            await WaitAsync(session, changed.Wake, term, stop);
        }
    }

    private static async Task WaitAsync(
        NodeSession session, Wake changed, DispatchTerm term, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, term.Ended);
        try
        {
            await changed.WaitAsync(over.Token);
        }
        catch (OperationCanceledException) when (term.Ended.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw MustDisconnect();
        }

        if (session.MustDisconnect)
        {
            throw MustDisconnect();
        }

        term.Check(session.Node, session.Id);
    }

    private static string Number(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);
}
