using Skep.Agent.Containers;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Manager.Control;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Updates;
using ApiServiceSpec = Skep.Docker.Engine.ServiceSpec;
using ContainerSpec = Skep.Swarm.Objects.ContainerSpec;
using ServiceSpec = Skep.Swarm.Objects.ServiceSpec;

namespace Skep.Engine.Endpoints;

/// <summary>What makes and changes services.</summary>
internal sealed class ServiceRequests(EngineServices services)
{
    /// <summary>How often another name is made up when there is a service of that name.</summary>
    private const int NameAttempts = 5;

    private readonly ImagePins pins = new(services.Images);

    public async Task<ApiServiceSpec> ReadAsync(EngineRequest request) =>
        ServiceSpecAge.Adjust(await request.ReadJsonAsync(EngineJson.Default.ServiceSpec), request.Version);

    public async Task<ServiceCreated> CreateAsync(EngineRequest request, ApiServiceSpec asked)
    {
        _ = services.Swarm.Control; // A node that manages nothing says that before anything else.
        ServiceSpec spec = ServiceNetworks.HasNone(asked)
            ? ServiceSpecs.ToSpec(asked)
            : await SwarmRequests.AskAsync(services, request, (control, stop) => ResolveAsync(control, asked, stop));
        spec = WithAuth(spec, Auth(request));
        (spec, string? warning) = await PinAsync(request, spec);
        Service created = await SwarmRequests.AskAsync(services, request, (control, stop) =>
            spec.Annotations.Name.Length > 0
                ? control.CreateServiceAsync(spec, stop)
                : CreateNamelessAsync(control, spec, stop));
        return new ServiceCreated { Id = created.RawId, Warnings = Join(warning, UpdateRules.WarningOf(spec)) };
    }

    public async Task<ServiceUpdated> UpdateAsync(EngineRequest request, ApiServiceSpec asked)
    {
        ObjectVersion version = SwarmRequests.Version(request, "invalid service version {0}");
        (ServiceSpec spec, Service current) = await SwarmRequests.AskAsync(
            services, request, async (control, stop) =>
            {
                ServiceSpec wanted = await ResolveAsync(control, asked, stop);
                return (wanted, await ObjectLookup.ServiceAsync(control, request.Name, insertDefaults: false, stop));
            });
        spec = WithAuth(spec, Auth(request) is { Length: > 0 } auth
            ? auth
            : KnownAuth(current, request.Text("registryAuthFrom")));
        bool isRollback = request.Text("rollback") switch
        {
            "" or "none" => false,
            "previous" => true,
            var other => throw new RefusedException(ErrorKind.Failed, $"unrecognized rollback option {other}"),
        };
        (spec, string? warning) = await PinAsync(request, spec);
        if (spec.Annotations.Name.Length == 0)
        {
            // A made-up name would be another one than the service has, so that it says what is wrong.
            spec = spec with { Annotations = spec.Annotations with { Name = RandomNames.Choose(services.Ids) } };
        }

        await SwarmRequests.TellAsync(services, request, (control, stop) =>
            control.UpdateServiceAsync(current.Id, version, spec, isRollback, stop));
        return new ServiceUpdated { Warnings = Join(warning, UpdateRules.WarningOf(spec)) };
    }

    private async Task<ServiceSpec> ResolveAsync(
        ISwarmControl control, ApiServiceSpec asked, CancellationToken stop) =>
        ServiceSpecs.ToSpec(await ServiceNetworks.ResolveAsync(control, services.Networks, asked, stop));

    private async Task<Service> CreateNamelessAsync(ISwarmControl control, ServiceSpec spec, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            Annotations named = spec.Annotations with { Name = RandomNames.Choose(services.Ids) };
            try
            {
                return await control.CreateServiceAsync(spec with { Annotations = named }, stop);
            }
            catch (RefusedException refused) when (refused.Kind == ErrorKind.Conflict && attempt < NameAttempts)
            {
                // Another service has that name.
            }
        }
    }

    private static IReadOnlyList<string>? Join(params ReadOnlySpan<string?> warnings)
    {
        var said = new List<string>();
        foreach (string? warning in warnings)
        {
            if (warning is not null)
            {
                said.Add(warning);
            }
        }

        return said.Count == 0 ? null : said;
    }

    private static string Auth(EngineRequest request) => request.Header("X-Registry-Auth");

    // The client does not get the credentials back when it inspects a service, so it cannot send them again.
    private static string KnownAuth(Service current, string from)
    {
        ServiceSpec? holder = from switch
        {
            "" or "spec" => current.Spec,
            "previous-spec" => current.PreviousSpec
                ?? throw new RefusedException(ErrorKind.Failed, "service does not have a previous spec"),
            _ => throw new RefusedException(ErrorKind.Failed, "unsupported registryAuthFrom value"),
        };
        return holder.Task.Container is { } container
            ? container.PullOptions?.RegistryAuth ?? ""
            : throw new RefusedException(ErrorKind.Failed, "service does not use container tasks");
    }

    private static ServiceSpec WithAuth(ServiceSpec spec, string auth) => auth.Length == 0
        ? spec
        : WithContainer(spec, container => container with { PullOptions = new() { RegistryAuth = auth } });

    // Newer clients find out the image's digest themselves.
    private async Task<(ServiceSpec Spec, string? Warning)> PinAsync(EngineRequest request, ServiceSpec spec)
    {
        if (request.Version.IsAtLeast(1, 30) || spec.Task.Container is not { } container)
        {
            return (spec, null);
        }

        (string image, string? warning) = await pins.PinAsync(
            container.Image, container.PullOptions?.RegistryAuth ?? "", request.Stop);
        return (WithContainer(spec, one => one with { Image = image }), warning);
    }

    private static ServiceSpec WithContainer(ServiceSpec spec, Func<ContainerSpec, ContainerSpec> change) =>
        spec.Task.Container is { } container
            ? spec with { Task = spec.Task with { Runtime = change(container) } }
            : spec;
}
