using System.Runtime.InteropServices;
using Skep.Cli.Client;
using Skep.Linux.Terminals;

namespace Skep.Cli.Streams;

/// <summary>Keeps a container's terminal as large as ours.</summary>
internal sealed class WindowResizes : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(10);

    private readonly CliSession session;
    private readonly string path;
    private readonly CancellationToken stop;
    private readonly PosixSignalRegistration registration;
    private Task last;

    /// <param name="path">"/containers/ID" or "/exec/ID".</param>
    public WindowResizes(CliSession session, string path, CancellationToken stop)
    {
        this.session = session;
        this.path = path;
        this.stop = stop;
        last = FirstAsync();
        registration = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ =>
        {
            lock (path)
            {
                last = AfterAsync(last);
            }
        });
    }

    /// <summary>Another size first: a program that is attached to again redraws only when the size changes.</summary>
    public static async Task NudgeAsync(CliSession session, string path, CancellationToken stop)
    {
        WindowSize size = session.Console.Size;
        await SendAsync(session, path, size with
        {
            Rows = (ushort)(size.Rows + 1),
            Columns = (ushort)(size.Columns + 1),
        }, stop);
    }

    public void Dispose() => registration.Dispose();

    // The daemon refuses until the process runs.
    private async Task FirstAsync()
    {
        for (int attempt = 1; attempt <= Limits.ResizeAttempts; attempt++)
        {
            if (await SendAsync(session, path, session.Console.Size, stop))
            {
                return;
            }

            await Task.Delay(RetryDelay * attempt, session.Time, CancellationToken.None);
        }
    }

    private async Task AfterAsync(Task before)
    {
        await before;
        await SendAsync(session, path, session.Console.Size, stop);
    }

    private static async Task<bool> SendAsync(
        CliSession session, string path, WindowSize size, CancellationToken stop)
    {
        if (size is { Rows: 0, Columns: 0 })
        {
            return true;
        }

        try
        {
            Query query = new Query().Add("h", $"{size.Rows}").Add("w", $"{size.Columns}");
            await session.Engine.PostAsync($"{path}/resize{query}", stop);
            return true;
        }
        catch (CommandFailedException)
        {
            // Too early or too late: a wrong size is no reason to end the session.
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
