using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Images;
using Skep.Cli.Services;
using Skep.Docker.Engine;
using Skep.Docker.Stacks;

namespace Skep.Cli.Stacks;

/// <summary>The services of a deployment: created where they are missing, updated where anything differs.</summary>
/// <param name="networkIds">By name: the swarm keeps ids, where files have names.</param>
internal sealed class DeployServices(
    Invocation call, DeployLog log, DeployWishes wishes, IReadOnlyDictionary<string, string> networkIds)
{
    private const string Kind = "service";

    /// <returns>The ids of all services; none in a dry run.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(
        StackScope scope, IReadOnlyList<ServiceSpec> specs, CancellationToken stop)
    {
        IReadOnlyList<ServiceInspect> there = await ListAsync(call.Engine, scope.Name, stop);
        var ids = new List<string>();
        foreach (ServiceSpec spec in specs)
        {
            ServiceInspect? service = there.FirstOrDefault(service => service.Spec.Name == spec.Name);
            if (service is not null)
            {
                await UpdateAsync(service, spec, stop);
                ids.Add(service.Id);
            }
            else if (await CreateAsync(spec, stop) is { } id)
            {
                ids.Add(id);
            }
        }

        return log.IsDry ? [] : ids;
    }

    public static async Task<IReadOnlyList<ServiceInspect>> ListAsync(
        EngineClient engine, string stack, CancellationToken stop) =>
        [.. (await StackObjects.Services.ListAsync(engine, stack, stop))
            .Select(service => service.Deserialize(EngineJson.Default.ServiceInspect)!)];

    private async Task<string?> CreateAsync(ServiceSpec spec, CancellationToken stop)
    {
        log.Creating(Kind, spec.Name!, log.IsDry ? FieldChange.All(spec) : []);
        if (log.IsDry)
        {
            return null;
        }

        try
        {
            return await ServiceApi.CreateAsync(
                call, spec, Credentials(spec), pins: wishes.Resolving != ImageResolving.Never, stop);
        }
        catch (CommandFailedException refused) when (refused.Status is not null)
        {
            throw new CommandFailedException($"failed to create service {spec.Name}: {refused.Message}");
        }
    }

    private async Task UpdateAsync(ServiceInspect service, ServiceSpec wanted, CancellationToken stop)
    {
        string? credentials = Credentials(wanted);
        ServiceSpec spec = WithNetworkIds(await PinnedAsync(service, wanted, credentials, stop));

        // A service that was restarted by force stays as it is.
        spec = spec with
        {
            TaskTemplate = spec.TaskTemplate with { ForceUpdate = service.Spec.TaskTemplate.ForceUpdate },
        };
        if (credentials is null && FieldChange.AreSame(service.Spec, spec))
        {
            log.Keeping(Kind, spec.Name!, service.Id);
            return;
        }

        log.Updating(Kind, spec.Name!, service.Id, log.IsDry ? FieldChange.Between(service.Spec, spec) : []);
        if (log.IsDry)
        {
            return;
        }

        try
        {
            await ServiceApi.UpdateAsync(call, service, spec, new Query(), credentials, pins: false, stop);
        }
        catch (CommandFailedException refused) when (refused.Status is not null)
        {
            throw new CommandFailedException($"failed to update service {spec.Name}: {refused.Message}");
        }
    }

    // What an earlier deployment found out about an image stays true as long as nobody can be asked.
    private async Task<ServiceSpec> PinnedAsync(
        ServiceInspect service, ServiceSpec wanted, string? credentials, CancellationToken stop)
    {
        ServiceSpec tagged = ImagePin.Tagged(wanted);
        bool isSameImage = service.Spec.Labels?.GetValueOrDefault(StackScope.ImageLabel)
            == wanted.TaskTemplate.ContainerSpec?.Image;
        if (isSameImage && wishes.Resolving != ImageResolving.Always)
        {
            return WithImageOf(service, tagged);
        }

        if (wishes.Resolving == ImageResolving.Never)
        {
            return tagged;
        }

        (ServiceSpec pinned, string? warning) = await ImagePin.ApplyAsync(call.Engine, tagged, credentials, stop);
        if (warning is null)
        {
            return pinned;
        }

        log.Warn(warning);
        string before = service.Spec.TaskTemplate.ContainerSpec?.Image ?? "";
        bool isPinned = ImageName.Digest(before) is not null
            && before.Split('@')[0] == tagged.TaskTemplate.ContainerSpec?.Image;
        return isPinned ? WithImageOf(service, tagged) : tagged;
    }

    private static ServiceSpec WithImageOf(ServiceInspect service, ServiceSpec spec) => spec with
    {
        TaskTemplate = spec.TaskTemplate with
        {
            ContainerSpec = spec.TaskTemplate.ContainerSpec! with
            {
                Image = service.Spec.TaskTemplate.ContainerSpec?.Image,
            },
            Placement = (spec.TaskTemplate.Placement ?? new TaskPlacement()) with
            {
                Platforms = service.Spec.TaskTemplate.Placement?.Platforms,
            },
        },
    };

    private ServiceSpec WithNetworkIds(ServiceSpec spec) => spec with
    {
        TaskTemplate = spec.TaskTemplate with
        {
            Networks = [.. (spec.TaskTemplate.Networks ?? []).Select(network => network with
            {
                Target = networkIds.GetValueOrDefault(network.Target ?? "", network.Target ?? ""),
            })],
        },
    };

    private string? Credentials(ServiceSpec spec) => wishes.SendsCredentials
        ? ServiceApi.Credentials(call, spec.TaskTemplate.ContainerSpec?.Image ?? "")
        : null;
}
