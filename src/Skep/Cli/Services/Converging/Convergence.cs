using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli.Services.Converging;

/// <summary>
/// Waits until a service is as it was asked to be, and stays so for a while. Ctrl-C leaves it to go on without us.
/// </summary>
/// <param name="service">As the user called it.</param>
internal sealed class Convergence(Invocation call, string service, bool isShown)
{
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(200);

    private readonly ProgressBoard board = new(
        isShown ? call.Console.Output : Stream.Null, call.Console.OutputIsTerminal, call.Console.Size.Columns);

    private IServiceProgress? progress;
    private TimeSpan monitor = TimeSpan.FromSeconds(5);
    private long? convergedAt;
    private bool isConverged;
    private bool rollsBack;
    private string rollbackMessage = "";

    /// <exception cref="CommandFailedException">The swarm gave up on the update.</exception>
    public async Task WaitAsync(CancellationToken stop)
    {
        try
        {
            while (!await StepAsync(stop))
            {
                await Task.Delay(pause, call.Session.Time, stop);
            }
        }
        catch (OperationCanceledException) when (call.Session.Interrupts.Received > 0)
        {
            if (!isConverged)
            {
                board.Say("", "Operation continuing in background.");
                board.Say("", $"Use `{call.Program} service ps {service}` to check progress.");
            }
        }
    }

    // True: there is nothing left to wait for.
    private async Task<bool> StepAsync(CancellationToken stop)
    {
        JsonElement now = await call.Engine.GetAsync($"/services/{Query.Escape(service)}", stop);
        if (now.Member("Spec").Member("UpdateConfig").Number("Monitor") is > 0 and var nanoseconds)
        {
            monitor = TimeSpan.FromTicks(nanoseconds / 100);
        }

        progress ??= Progress(now.Member("Spec").Member("Mode"));
        if (HasEnded(now.Member("UpdateStatus")))
        {
            return true;
        }

        if (isConverged && call.Session.Time.GetElapsedTime(convergedAt!.Value) >= monitor)
        {
            board.Show("verify", $"Service {service} converged");
            if (rollbackMessage.Length > 0)
            {
                board.Say("rollback", rollbackMessage);
            }

            return true;
        }

        Query query = new Query().AddFilters([$"service={now.Text("ID")}", "_up-to-date=true"]);
        JsonElement tasks = await call.Engine.GetAsync($"/tasks{query}", stop);
        HashSet<string> alive = await ServiceCounts.AliveNodesAsync(call.Engine, stop);
        isConverged = progress.Look(now, [.. tasks.Items()], alive, rollsBack);
        if (isConverged && now.Has("JobStatus"))
        {
            // A job that is done stays done.
            board.Say("", "job complete");
            return true;
        }

        Verify();
        return false;
    }

    private void Verify()
    {
        if (!isConverged)
        {
            if (convergedAt is not null)
            {
                board.Show("verify", "Detected task failure");
            }

            convergedAt = null;
            return;
        }

        convergedAt ??= call.Session.Time.GetTimestamp();
        TimeSpan left = monitor - call.Session.Time.GetElapsedTime(convergedAt.Value);
        if (left >= TimeSpan.Zero)
        {
            string seconds = ((int)left.TotalSeconds + 1).ToString(CultureInfo.InvariantCulture);
            board.Show("verify", $"Waiting {seconds} seconds to verify that tasks are stable...");
        }
    }

    private bool HasEnded(JsonElement status)
    {
        string message = status.Text("Message");
        switch (status.Text("State"))
        {
            case "updating":
                rollsBack = false;
                break;
            case "completed":
                return !isConverged;
            case "paused":
                throw new CommandFailedException($"service update paused: {message}");
            case "rollback_started":
                if (!rollsBack && message.Length > 0)
                {
                    board.Show("rollback", message);
                }

                rollsBack = true;
                break;
            case "rollback_paused":
                throw new CommandFailedException($"service rollback paused: {message}");
            case "rollback_completed":
                rollbackMessage = isConverged ? rollbackMessage : message;
                rollsBack = true;
                break;
            default:
                break;
        }

        return false;
    }

    private IServiceProgress Progress(JsonElement mode) =>
        mode.Has("Replicated") ? new ReplicatedProgress(board)
        : mode.Has("Global") ? new GlobalProgress(board)
        : mode.Has("ReplicatedJob") ? new ReplicatedJobProgress(board)
        : mode.Has("GlobalJob") ? new GlobalJobProgress(board)
        : throw new CommandFailedException("unrecognized service mode");
}
