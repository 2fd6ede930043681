using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>docker service update.</summary>
internal static class ServiceUpdateCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand("update", "[OPTIONS] SERVICE", "Update a service")
        {
            Count = WordCount.Exactly(1),
        };
        var flags = new ServiceUpdateFlags(command);
        return command.Does(async (call, stop) =>
        {
            string name = call.Words[0];
            ServiceInspect service = await ServiceApi.InspectAsync(call, name, stop);
            bool rollsBack = call.Get(flags.RollsBack);
            if (rollsBack && flags.AsksForChange(call))
            {
                throw new CommandFailedException("other flags may not be combined with --rollback");
            }

            ServiceSpec spec = await flags.ChangedAsync(call, service.Spec, stop);
            string? credentials = call.Get(flags.Shared.RegistryAuth)
                ? ServiceApi.Credentials(call, spec.TaskTemplate.ContainerSpec?.Image ?? "")
                : null;
            Query query = new Query()
                .Add("registryAuthFrom", credentials is null ? "spec" : null)
                .Add("rollback", rollsBack ? "previous" : null);
            bool pins = call.Has(flags.Image) && !call.Get(flags.Shared.NoResolveImage);
            await ServiceApi.UpdateAsync(call, service, spec, query, credentials, pins, stop);
            call.Console.WriteLine(name);
            return await flags.Shared.Waiting.FinishAsync(call, name, stop);
        });
    }
}
