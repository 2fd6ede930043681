using Skep.Docker.Engine;
using Skep.Engine.Endpoints;
using Skep.Engine.Machine;
using Skep.Engine.Metrics;
using Skep.Engine.Routing;
using Config = Skep.Swarm.Objects.Config;
using Secret = Skep.Swarm.Objects.Secret;

namespace Skep.Engine;

/// <summary>Every endpoint of the engine.</summary>
internal static class EngineRoutes
{
    public static RouteTable Create(EngineServices services)
    {
        var routes = new RouteTable();
        var versions = new ToolVersions(
            services.Options.Containers.Runtimes.GetValueOrDefault(services.Options.Containers.Runtime, "runc"),
            services.InitPath,
            services.Time);
        new SystemEndpoints(services, versions).Add(routes);
        new MetricsEndpoint(new Measurement(services).Take).Add(routes);

        new SwarmEndpoints(services).Add(routes);
        new BackupEndpoints(services).Add(routes);
        new NodeEndpoints(services).Add(routes);
        new ValueEndpoints<Secret, SecretInspect, SecretSpec>(services, ValueKinds.Secrets).Add(routes);
        new ValueEndpoints<Config, ConfigInspect, ConfigSpec>(services, ValueKinds.Configs).Add(routes);
        new ServiceEndpoints(services).Add(routes);
        new TaskEndpoints(services).Add(routes);

        // These name paths that a {name} below would also take.
        NotYetEndpoints.Add(routes);
        new ContainerEndpoints(services).Add(routes);
        new ExecEndpoints(services).Add(routes);
        new ImageEndpoints(services).Add(routes);
        new NetworkEndpoints(services).Add(routes);
        new VolumeEndpoints(services).Add(routes);
        return routes;
    }
}
