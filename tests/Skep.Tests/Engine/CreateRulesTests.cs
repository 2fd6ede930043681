using Skep.Docker.Engine;
using Skep.Engine.Endpoints;
using Skep.Engine.Routing;
using Skep.Swarm;

namespace Skep.Tests.Engine;

public class CreateRulesTests
{
    private static readonly ApiVersion Old = new(1, 24);

    [Fact]
    public void The_default_network_is_the_bridge_under_both_names()
    {
        var request = new CreateContainerRequest
        {
            NetworkingConfig = Endpoints(("default", new EndpointSettings { Aliases = ["a"] })),
        };
        (CreateContainerRequest result, _) = CreateRules.Apply(request, ApiVersion.Newest);
        Assert.Equal("bridge", result.HostConfig!.NetworkMode);
        Assert.Equal(["bridge"], result.NetworkingConfig!.EndpointsConfig!.Keys);
    }

    [Fact]
    public void Fields_newer_than_the_client_are_not_there()
    {
        var request = new CreateContainerRequest
        {
            Healthcheck = new HealthConfig { StartInterval = 7, Interval = 3 },
            HostConfig = new HostConfig
            {
                AutoRemove = true,
                ConsoleSize = [1, 2],
                Annotations = new Dictionary<string, string> { ["a"] = "b" },
                PidsLimit = -1,
                Mounts = [new Mount { Type = "bind", Target = "/a", TmpfsOptions = new TmpfsOptions { Mode = 1 } }],
            },
        };
        (CreateContainerRequest result, _) = CreateRules.Apply(request, Old);
        HostConfig host = result.HostConfig!;
        Assert.False(host.AutoRemove);
        Assert.Null(host.ConsoleSize);
        Assert.Null(host.Annotations);
        Assert.Null(host.PidsLimit);
        Assert.Equal("shareable", host.IpcMode);
        Assert.Null(host.Mounts![0].TmpfsOptions);
        Assert.Equal((0, 3), (result.Healthcheck!.StartInterval, result.Healthcheck.Interval));

        (result, _) = CreateRules.Apply(
            request with { HostConfig = request.HostConfig with { Mounts = null } }, ApiVersion.Newest);
        Assert.True(result.HostConfig!.AutoRemove);
        Assert.Equal(7, result.Healthcheck!.StartInterval);
    }

    [Fact]
    public void Options_of_another_kind_of_mount_are_refused()
    {
        var request = new CreateContainerRequest
        {
            HostConfig = new HostConfig
            {
                Mounts = [new Mount { Type = "bind", Target = "/a", VolumeOptions = new VolumeOptions() }],
            },
        };
        var refused = Assert.Throws<RefusedException>(() => CreateRules.Apply(request, ApiVersion.Newest));
        Assert.Equal("VolumeOptions must not be specified on mount type \"bind\"", refused.Message);
    }

    [Fact]
    public void Several_networks_at_once_need_a_new_client()
    {
        var request = new CreateContainerRequest
        {
            HostConfig = new HostConfig { NetworkMode = "a" },
            NetworkingConfig = Endpoints(("a", null), ("b", null)),
        };
        CreateRules.Apply(request, new ApiVersion(1, 44));
        Assert.Throws<RefusedException>(() => CreateRules.Apply(request, new ApiVersion(1, 43)));
    }

    [Fact]
    public void A_container_s_mac_address_becomes_its_endpoint_s()
    {
        var request = new CreateContainerRequest
        {
            MacAddress = "02:00:00:00:00:01", HostConfig = new HostConfig { NetworkMode = "front" },
        };
        (CreateContainerRequest result, IReadOnlyList<string> warnings) =
            CreateRules.Apply(request, ApiVersion.Newest);
        Assert.Null(result.MacAddress);
        Assert.Equal("02:00:00:00:00:01", result.NetworkingConfig!.EndpointsConfig!["front"]!.MacAddress);
        Assert.StartsWith("The container-wide MacAddress field is now deprecated.", Assert.Single(warnings));

        (result, warnings) = CreateRules.Apply(request, new ApiVersion(1, 43));
        Assert.Equal("02:00:00:00:00:01", result.NetworkingConfig!.EndpointsConfig!["front"]!.MacAddress);
        Assert.Empty(warnings);
    }

    private static NetworkingConfig Endpoints(params (string Name, EndpointSettings? Settings)[] endpoints) => new()
    {
        EndpointsConfig = endpoints.ToDictionary(pair => pair.Name, pair => pair.Settings),
    };
}
