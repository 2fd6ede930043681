using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Stacks;

namespace Skep.Cli.Stacks;

/// <summary>--prune: what belongs to the stack, but is not in its file any more.</summary>
internal sealed class DeployPruning(Invocation call, DeployLog log, StackScope scope)
{
    /// <summary>Services go first, for they use the rest.</summary>
    public async Task ServicesAsync(IReadOnlySet<string> wanted, CancellationToken stop) =>
        await RemoveAsync(StackObjects.Services, wanted, stop);

    /// <summary>Networks, secrets and configs that neither the file nor a rollback needs.</summary>
    public async Task RestAsync(
        IReadOnlyList<ServiceSpec> specs, IEnumerable<string> networks, CancellationToken stop)
    {
        List<ServiceSpec> needed = [.. specs];
        foreach (ServiceInspect service in await DeployServices.ListAsync(call.Engine, scope.Name, stop))
        {
            bool isWanted = specs.Any(spec => spec.Name == service.Spec.Name);
            needed.AddRange(isWanted ? [service.Spec] : []);
            needed.AddRange(isWanted && service.PreviousSpec is { } previous ? [previous] : []);
        }

        List<ContainerSpec> containers =
            [.. needed.Select(spec => spec.TaskTemplate.ContainerSpec).OfType<ContainerSpec>()];
        await RemoveAsync(StackObjects.Secrets, containers
            .SelectMany(container => container.Secrets ?? []).Select(secret => secret.SecretName).ToHashSet(), stop);
        await RemoveAsync(StackObjects.Configs, containers
            .SelectMany(container => container.Configs ?? []).Select(config => config.ConfigName).ToHashSet(), stop);
        await RemoveAsync(StackObjects.Networks, networks.ToHashSet(), stop);
    }

    private async Task RemoveAsync(StackObjects kind, IReadOnlySet<string> needed, CancellationToken stop)
    {
        IEnumerable<JsonElement> gone = (await kind.ListAsync(call.Engine, scope.Name, stop))
            .Where(thing => !needed.Contains(kind.Name(thing)));
        if (!log.IsDry)
        {
            await kind.RemoveAsync(call, gone, stop);
            return;
        }

        foreach (JsonElement thing in gone)
        {
            log.Removing(kind.Word, kind.Name(thing));
        }
    }
}
