namespace Skep.Cli.Containers;

/// <summary>Refuses a terminal in the container that nothing here could serve.</summary>
internal static class AttachChecks
{
    public static void RequireTerminal(CliConsole console, bool attachesInput, bool hasTerminal)
    {
        if (attachesInput && hasTerminal && !console.InputIsTerminal)
        {
            throw new CommandFailedException("the input device is not a TTY");
        }
    }
}
