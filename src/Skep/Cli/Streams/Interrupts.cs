using System.Runtime.InteropServices;

namespace Skep.Cli.Streams;

/// <summary>Ctrl-C and SIGTERM while no container takes them: they end the command with 128 + number.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly List<PosixSignalRegistration> registrations = [];

    public Interrupts(CancellationToken stop)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Register(PosixSignal.SIGINT, 2);
        Register(PosixSignal.SIGTERM, 15);
    }

    public CancellationToken Stop => source.Token;

    /// <summary>0: none came.</summary>
    public int Received { get; private set; }

    /// <summary>Somebody else handles the signals from now on.</summary>
    public void Release()
    {
        registrations.ForEach(registration => registration.Dispose());
        registrations.Clear();
    }

    public void Dispose()
    {
        Release();
        source.Dispose();
    }

    private void Register(PosixSignal signal, int number) =>
        registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Received = number;
            source.Cancel();
        }));
}
