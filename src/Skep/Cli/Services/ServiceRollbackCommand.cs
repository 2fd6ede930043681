using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Services;

/// <summary>docker service rollback.</summary>
internal static class ServiceRollbackCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand(
            "rollback", "[OPTIONS] SERVICE", "Revert changes to a service's configuration")
        {
            Count = WordCount.Exactly(1),
        };
        var waiting = new WaitFlags(command, hasQuiet: true);
        return command.Does(async (call, stop) =>
        {
            string name = call.Words[0];
            ServiceInspect service = await ServiceApi.InspectAsync(call, name, stop);
            await ServiceApi.UpdateAsync(
                call, service, service.Spec, new Query().Add("rollback", "previous"), credentials: null,
                pins: false, stop);
            call.Console.WriteLine(name);
            return await waiting.FinishAsync(call, name, stop);
        });
    }
}
