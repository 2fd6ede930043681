using System.CommandLine;
using Skep.Cli.Grammar;
using Skep.Cli.Services.Converging;

namespace Skep.Cli.Services;

/// <summary>Whether a command waits until a service has become what was asked, and what it shows meanwhile.</summary>
internal sealed class WaitFlags
{
    private readonly Option<bool> detach;
    private readonly Option<bool>? quiet;

    public WaitFlags(DockerCommand command, bool hasQuiet)
    {
        detach = command.Flag(Flags.Switch(
            "detach", 'd', "Exit immediately instead of waiting for the service to converge"));
        quiet = hasQuiet ? command.Flag(Flags.Switch("quiet", 'q', "Suppress progress output")) : null;
    }

    public bool Includes(Option option) => option == detach || option == quiet;

    /// <summary>Waits unless the user would not.</summary>
    public async Task<int> FinishAsync(Invocation call, string service, CancellationToken stop)
    {
        if (!call.Get(detach))
        {
            await new Convergence(call, service, isShown: quiet is null || !call.Get(quiet)).WaitAsync(stop);
        }

        return 0;
    }
}
