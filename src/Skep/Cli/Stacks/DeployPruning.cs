using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Stacks;

namespace Skep.Cli.Stacks;

/// <summary>--prune: what belongs to the stack, but is not in its file any more.</summary>
internal sealed class DeployPruning(Invocation call, DeployLog log, StackScope scope)
{
    /// <summary>Something was refused, and said so.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Services go first, for they use the rest.</summary>
    public async Task ServicesAsync(IReadOnlySet<string> wanted, CancellationToken stop) =>
        await RemoveAsync(StackObjects.Services, wanted, stop);

    /// <summary>Networks, secrets and configs that neither the file nor a rollback needs.</summary>
    public async Task RestAsync(IReadOnlyList<ServiceSpec> specs, CancellationToken stop)
    {
        var needs = StackNeeds.Of(specs, await DeployServices.ListAsync(call.Engine, scope.Name, stop));
        await RemoveAsync(StackObjects.Secrets, needs.Secrets, stop);
        await RemoveAsync(StackObjects.Configs, needs.Configs, stop);
        await RemoveAsync(StackObjects.Networks, needs.Networks, stop);
    }

    /// <param name="needed">Names or ids.</param>
    private async Task RemoveAsync(StackObjects kind, IReadOnlySet<string> needed, CancellationToken stop)
    {
        IEnumerable<JsonElement> gone = (await kind.ListAsync(call.Engine, scope.Name, stop))
            .Where(thing => !needed.Contains(kind.Name(thing)) && !needed.Contains(kind.Id(thing)));
        if (!log.IsDry)
        {
            HasFailed |= !await kind.RemoveAsync(call, gone, stop);
            return;
        }

        foreach (JsonElement thing in gone)
        {
            log.Removing(kind.Word, kind.Name(thing));
        }
    }
}
