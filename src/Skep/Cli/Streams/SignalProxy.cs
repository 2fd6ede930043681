using System.Runtime.InteropServices;
using Skep.Cli.Client;

namespace Skep.Cli.Streams;

/// <summary>Sends the signals that this process gets on to a container, while it exists.</summary>
internal sealed class SignalProxy : IDisposable
{
    // Linux numbers; those without a name in PosixSignal are passed as they are.
    private static readonly (int Number, string Name)[] Passed =
    [
        (1, "HUP"), (2, "INT"), (3, "QUIT"), (10, "USR1"), (12, "USR2"), (14, "ALRM"), (15, "TERM"),
    ];

    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly EngineClient engine;
    private readonly string container;
    private readonly CancellationToken stop;
    private Task last = Task.CompletedTask;

    public SignalProxy(CliSession session, string container, CancellationToken stop)
    {
        engine = session.Engine;
        this.container = container;
        this.stop = stop;
        session.Interrupts.Release();
        foreach ((int number, string name) in Passed)
        {
            registrations.Add(PosixSignalRegistration.Create(RawSignal(number), context =>
            {
                context.Cancel = true;
                Forward(name);
            }));
        }
    }

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    private static PosixSignal RawSignal(int number) => number switch
    {
        1 => PosixSignal.SIGHUP,
        2 => PosixSignal.SIGINT,
        3 => PosixSignal.SIGQUIT,
        15 => PosixSignal.SIGTERM,
        _ => (PosixSignal)number,
    };

    // Signals arrive on a thread of the runtime; one is sent after the other, in their order.
    private void Forward(string name)
    {
        lock (registrations)
        {
            last = SendAsync(last, name);
        }
    }

    private async Task SendAsync(Task before, string name)
    {
        await before;
        try
        {
            await engine.PostAsync($"/containers/{container}/kill{new Query().Add("signal", name)}", stop);
        }
        catch (Exception late) when (late is CommandFailedException or OperationCanceledException)
        {
            // The container ended on its own in the meantime.
            return;
        }
    }
}
