using Skep.Cli.Client;
using Skep.Cli.Grammar;

namespace Skep.Cli.Machine;

/// <summary>
/// docker system dial-stdio: the daemon's connection on standard input and output, for a client at the far end of an
/// SSH.
/// </summary>
internal static class DialCommand
{
    public static DockerCommand Make() =>
        new DockerCommand("dial-stdio", "",
            "Proxy the stdio stream to the daemon connection. Should not be invoked manually.")
        {
            Section = HelpSection.Hidden,
        }
        .Does(CarryAsync);

    private static async Task<int> CarryAsync(Invocation call, CancellationToken stop)
    {
        await using Stream daemon = await call.Engine.DialAsync(stop);
        Task sending = SendAsync(call.Console.Input, daemon, stop);
        Task receiving = daemon.CopyToAsync(call.Console.Output, stop);
        Task first = await Task.WhenAny(sending, receiving);
        await first;

        // The daemon's end is the end: a terminal's input never closes. The other way round answers still come.
        await receiving;
        return 0;
    }

    private static async Task SendAsync(Stream input, Stream daemon, CancellationToken stop)
    {
        await input.CopyToAsync(daemon, stop);
        await Dialer.CloseWriteAsync(daemon, stop);
    }
}
