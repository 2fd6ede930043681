using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>docker service create.</summary>
internal static class ServiceCreateCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "create", "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a new service")
        {
            Count = WordCount.AtLeast(1),
            FirstWordEndsOptions = true,
        };
        var flags = new ServiceCreateFlags(command);
        return command.Does(async (call, stop) =>
        {
            ServiceSpec spec = await flags.SpecAsync(call, stop);
            string? credentials = call.Get(flags.Shared.RegistryAuth)
                ? ServiceApi.Credentials(call, call.Words[0])
                : null;
            string id = await ServiceApi.CreateAsync(
                call, spec, credentials, pins: !call.Get(flags.Shared.NoResolveImage), stop);
            call.Console.WriteLine(id);
            return await flags.Shared.Waiting.FinishAsync(call, id, stop);
        });
    }
}
