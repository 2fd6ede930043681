using Skep.Cli.Client;
using Skep.Cli.Streams;

namespace Skep.Cli;

/// <summary>What all commands of one run of the program share.</summary>
internal sealed class CliSession : IDisposable
{
    private readonly Lazy<EngineClient> engine;

    public CliSession(
        string program, CliConsole console, ConnectionFlags.Values connection, Interrupts interrupts, TimeProvider time)
    {
        Program = program;
        Console = console;
        Connection = connection;
        Interrupts = interrupts;
        Time = time;
        Settings = new Lazy<ClientSettings>(() =>
        {
            var settings = ClientSettings.Load(connection.ConfigDirectory);
            if (settings.Complaint is { } complaint)
            {
                console.WriteErrorLine($"WARNING: Error parsing config file ({settings.FilePath}): {complaint}");
            }

            return settings;
        });
        engine = new Lazy<EngineClient>(() => new EngineClient(
            EndpointChoice.Find(this), program, Settings.Value.HttpHeaders));
    }

    public string Program { get; }

    public CliConsole Console { get; }

    public ConnectionFlags.Values Connection { get; }

    public Interrupts Interrupts { get; }

    public TimeProvider Time { get; }

    public Lazy<ClientSettings> Settings { get; }

    public EngineClient Engine => engine.Value;

    public void Dispose()
    {
        if (engine.IsValueCreated)
        {
            engine.Value.Dispose();
        }
    }
}
