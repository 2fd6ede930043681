using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Services.Converging;
using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Docker.Stacks;
using Skep.Docker.Swarm;
using Skep.Swarm;
using Skep.Swarm.Services;
using Skep.SwarmMode;

namespace Skep.Cli.Stacks;

/// <summary>Makes a stack what a compose project says: only what differs is touched.</summary>
internal sealed class StackDeployment(Invocation call, DeployLog log, DeployWishes wishes, ComposeProject project)
{
    private readonly StackScope scope = new(call.Words[0]);
    private readonly List<string> failures = [];

    /// <returns>The ids of the stack's services; none in a dry run.</returns>
    /// <exception cref="CommandFailedException">The file or the swarm refuses something.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken stop)
    {
        try
        {
            await CheckManagerAsync(stop);
            return await DeployAsync(stop);
        }
        catch (ComposeException refused)
        {
            throw new CommandFailedException(refused.Message);
        }
        catch (RefusedException refused)
        {
            throw new CommandFailedException(refused.Message);
        }
    }

    /// <summary>Waits for one service after the other.</summary>
    public async Task WaitAsync(IEnumerable<string> services, bool isShown, CancellationToken stop)
    {
        foreach (string id in services)
        {
            try
            {
                await new Convergence(call, id, isShown).WaitAsync(stop);
            }
            catch (CommandFailedException failed)
            {
                failures.Add($"{id}: {failed.Message}");
            }
        }
    }

    /// <summary>Says what went wrong while the rest of the deployment went on.</summary>
    /// <exception cref="CommandFailedException">Something could not be pruned, or a service did not settle.</exception>
    public void Finish()
    {
        if (failures.Count > 0)
        {
            throw new CommandFailedException(string.Join('\n', failures));
        }
    }

    private async Task<IReadOnlyList<string>> DeployAsync(CancellationToken stop)
    {
        IReadOnlyList<StackFile> secrets = StackFile.Of(scope, project.Secrets, ComposeInput.ReadFile);
        IReadOnlyList<StackFile> configs = StackFile.Of(scope, project.Configs, ComposeInput.ReadFile);
        StackNetworks networks = StackNetworks.Of(scope, project);

        // Once before anything is changed: a file that is wrong leaves the stack as it is.
        Check(new StackServices(scope, project, Placeholders(secrets), Placeholders(configs)).Specs());
        await CheckVersionAsync(stop);
        var pruning = new DeployPruning(call, log, scope);
        if (wishes.Prunes)
        {
            await pruning.ServicesAsync(
                project.Services.Select(service => scope.NameOf(service.Name, null)).ToHashSet(), stop);
        }

        IReadOnlyDictionary<string, string> networkIds =
            await new DeployNetworks(call, log).ApplyAsync(scope, networks, stop);
        StackFileIds secretIds = await new DeployFiles(call, log, StackObjects.Secrets, UsedSecrets())
            .ApplyAsync(secrets, stop);
        StackFileIds configIds = await new DeployFiles(call, log, StackObjects.Configs, UsedConfigs())
            .ApplyAsync(configs, stop);
        IReadOnlyList<ServiceSpec> specs = new StackServices(scope, project, secretIds, configIds).Specs();
        IReadOnlyList<string> services =
            await new DeployServices(call, log, wishes, networkIds).ApplyAsync(scope, specs, stop);
        if (wishes.Prunes)
        {
            await pruning.RestAsync(specs, stop);
        }

        if (pruning.HasFailed)
        {
            failures.Add($"failed to remove some resources from stack: {scope.Name}");
        }

        return services;
    }

    // As the swarm would, which sees one service after the other and does not know the file.
    private void Check(IEnumerable<ServiceSpec> specs)
    {
        foreach (ServiceSpec spec in specs)
        {
            try
            {
                ServiceChanges.Check(ServiceSpecs.ToSpec(spec), ServiceFormats.Docker);
            }
            catch (RefusedException refused)
            {
                ComposeService service = project.Services.Single(one => scope.NameOf(one.Name, null) == spec.Name);
                throw ComposeException.At(
                    service.Place, $"service {service.Name}: {SwarmRefusal.Parts(refused).Description}");
            }
        }
    }

    private async Task CheckManagerAsync(CancellationToken stop)
    {
        JsonElement info = await call.Engine.GetAsync("/info", stop);
        if (!info.Member("Swarm").Flag("ControlAvailable"))
        {
            throw new CommandFailedException($"this node is not a swarm manager. Use \"{call.Program} swarm init\" or "
                + $"\"{call.Program} swarm join\" to connect this node to swarm and try again");
        }
    }

    /// <summary>Less protection than the file says shall not come about in silence.</summary>
    private async Task CheckVersionAsync(CancellationToken stop)
    {
        const string version = "1.44";
        ComposeService? service = project.Services.FirstOrDefault(one => !one.Run.SecurityOptions.IsEmpty);
        if (service is not null && !await call.Engine.SpeaksAsync(version, stop))
        {
            throw ComposeException.At(
                service.PlaceOf("security_opt"),
                $"services.{service.Name}.security_opt: it needs version {version} of the API at least: leave it out, "
                + "or let a newer manager take the stack in");
        }
    }

    private static StackFileIds Placeholders(IEnumerable<StackFile> files) =>
        new(files.ToDictionary(file => file.Key, file => new StackFileId(file.Name, "id")));

    private HashSet<string> UsedSecrets() =>
        [.. project.Services.SelectMany(service => service.Secrets.Select(use => use.Source))];

    private HashSet<string> UsedConfigs() =>
    [
        .. project.Services.SelectMany(service => service.Configs.Select(use => use.Source)),
        .. project.Services.Select(service => service.CredentialSpec?.Config).OfType<string>(),
    ];
}
