using Skep.Cli.Grammar;
using Skep.Docker.Compose;

namespace Skep.Cli.Stacks;

/// <summary>docker stack config: the files as one, in long form.</summary>
internal static class ConfigCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "config", "[OPTIONS]", "Outputs the final config file, after doing merges and interpolations");
        var input = new ComposeInput(command);
        var skip = command.Flag(Flags.Switch(
            "skip-interpolation", null, "Skip interpolation and output only merged config"));
        return command.Does((call, _) =>
        {
            ComposeText shown = input.Show(call, call.Get(skip));
            foreach (string file in shown.VariableFiles)
            {
                call.Console.WriteErrorLine($"variables are read from {file}");
            }

            foreach (ComposeWarning warning in shown.Warnings)
            {
                call.Console.WriteErrorLine($"warning: {warning}");
            }

            call.Console.Write(shown.Yaml);
            return Task.FromResult(0);
        });
    }
}
