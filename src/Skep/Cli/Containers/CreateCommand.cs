using Skep.Cli.Creation;
using Skep.Cli.Grammar;

namespace Skep.Cli.Containers;

/// <summary>docker create.</summary>
internal static class CreateCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand("create", "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a new container")
        {
            Count = WordCount.AtLeast(1),
            FirstWordEndsOptions = true,
            SpelledAliases = ["container create", "create"],
        };
        var container = new RunFlags(command);
        return command.Does(async (call, stop) =>
        {
            CreateChoices choices = container.Choices(call);
            string id = await ContainerCreation.CreateAsync(call, container.Request(call), choices, stop);
            call.Console.WriteLine(id);
            return 0;
        });
    }
}
