using Skep.Docker.Compose;
using Skep.Docker.Engine;
using Skep.Swarm.Objects;
using static Skep.Tests.Stacks.Composed;
using ServiceSpec = Skep.Docker.Engine.ServiceSpec;

namespace Skep.Tests.Stacks;

public class StackServicesTests
{
    [Fact]
    public void A_plain_service_gets_the_names_and_labels_of_its_stack()
    {
        ServiceSpec spec = SpecOf(Web);
        Assert.Equal("app_web", spec.Name);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["com.docker.stack.image"] = "web:1",
                ["com.docker.stack.namespace"] = "app",
            },
            spec.Labels);
        Assert.Equal(
            new Dictionary<string, string> { ["com.docker.stack.namespace"] = "app" },
            spec.TaskTemplate.ContainerSpec!.Labels);
        Assert.Equal("web:1", spec.TaskTemplate.ContainerSpec.Image);
        NetworkTarget network = Assert.Single(spec.TaskTemplate.Networks!);
        Assert.Equal("app_default", network.Target);
        Assert.Equal(["web"], network.Aliases);
        Assert.NotNull(spec.Mode.Replicated);
        Assert.Null(spec.Mode.Replicated.Replicas);
        Assert.Null(spec.UpdateConfig);
        Assert.Null(spec.TaskTemplate.RestartPolicy);
    }

    [Fact]
    public void The_command_is_arguments_and_the_entrypoint_is_the_command()
    {
        Skep.Docker.Engine.ContainerSpec container = SpecOf(Web with
        {
            Entrypoint = ["/run"],
            Command = ["--fast", "x"],
            Environment = ValueMap.Of<string?>(("B", "2"), ("A", "1=2"), ("C", null), ("D", "")),
            ExtraHosts = ["db:10.0.0.5", "six:fd00::1"],
            DnsSearch = ["example.org"],
        }).TaskTemplate.ContainerSpec!;
        Assert.Equal(["/run"], container.Command);
        Assert.Equal(["--fast", "x"], container.Args);
        Assert.Equal(["A=1=2", "B=2", "C", "D="], container.Env);
        Assert.Equal(["10.0.0.5 db", "fd00::1 six"], container.Hosts);
        Assert.Equal(["example.org"], container.DnsConfig!.Search);
        Assert.Null(container.DnsConfig.Nameservers);
    }

    [Fact]
    public void A_service_is_known_by_its_name_on_networks_of_its_own_but_not_on_those_of_the_host()
    {
        ServiceSpec spec = SpecOf(new ComposeProject
        {
            Networks =
            [
                new() { Key = "outer", Name = "mesh", IsExternal = true, Place = Place },
                new() { Key = "hostnet", Name = "host", IsExternal = true, Place = Place },
                new() { Key = "inner", Place = Place },
            ],
            Services =
            [
                Web with
                {
                    Networks =
                    [
                        new() { Network = "outer", Aliases = ["www"], Place = Place },
                        new() { Network = "hostnet", Place = Place },
                        new() { Network = "inner", Place = Place },
                    ],
                },
            ],
        });
        Assert.Equal(
            ["app_inner: web", "host: ", "mesh: www,web"],
            spec.TaskTemplate.Networks!.Select(network =>
                $"{network.Target}: {string.Join(',', network.Aliases ?? [])}"));
    }

    [Fact]
    public void A_network_that_is_not_declared_is_refused_with_its_place() => Assert.Equal(
        "stack.yml:7: service web: undefined network \"nosuch\"",
        Refusal(Web with { Networks = [new() { Network = "nosuch", Place = Place }] }));

    [Fact]
    public void Ports_stand_in_the_order_of_their_published_numbers()
    {
        ServiceSpec spec = SpecOf(Web with
        {
            Ports =
            [
                new() { Target = 443, Published = 8443, Mode = "ingress", Protocol = "tcp", Place = Place },
                new() { Target = 53, Published = 53, Mode = "host", Protocol = "udp", Place = Place },
            ],
            Deploy = new() { EndpointMode = "DNSRR" },
        });
        Assert.Equal("dnsrr", spec.EndpointSpec!.Mode);
        Assert.Equal(
            ["53:53/udp host", "8443:443/tcp ingress"],
            spec.EndpointSpec.Ports!.Select(port =>
                $"{port.PublishedPort}:{port.TargetPort}/{port.Protocol} {port.PublishMode}"));
    }

    [Fact]
    public void A_global_service_has_no_number_of_replicas()
    {
        Assert.NotNull(SpecOf(Web with { Deploy = new() { Mode = "global" } }).Mode.Global);
        Assert.Equal(
            "stack.yml:7: service web: replicas can only be used with replicated or replicated-job mode",
            Refusal(Web with { Deploy = new() { Mode = "global", Replicas = 2 } }));
        Assert.Equal(
            "stack.yml:7: service web: Unknown mode: everywhere",
            Refusal(Web with { Deploy = new() { Mode = "everywhere" } }));
        Assert.Equal(
            5UL, SpecOf(Web with { Deploy = new() { Mode = "replicated-job", Replicas = 5 } })
                .Mode.ReplicatedJob!.MaxConcurrent);
    }

    [Fact]
    public void Resources_are_counted_in_billionths_of_processors()
    {
        TaskResources resources = SpecOf(Web with
        {
            Deploy = new()
            {
                Limits = new() { Cpus = "0.5", MemoryBytes = 1 << 20, Pids = 9 },
                Reservations = new() { Cpus = "0.000000001", Generic = [new("GPU", 2)] },
            },
        }).TaskTemplate.Resources!;
        Assert.Equal((500_000_000, 1 << 20, 9),
            (resources.Limits!.NanoCpus, resources.Limits.MemoryBytes, resources.Limits.Pids));
        Assert.Equal(1, resources.Reservations!.NanoCpus);
        Assert.Equal(2, Assert.Single(resources.Reservations.GenericResources!).DiscreteResourceSpec!.Value);
        Assert.Equal("stack.yml:7: service web: value is too precise",
            Refusal(Web with { Deploy = new() { Limits = new() { Cpus = "0.0000000001" } } }));
        Assert.Equal("stack.yml:7: service web: failed to parse half as a rational number",
            Refusal(Web with { Deploy = new() { Limits = new() { Cpus = "half" } } }));
    }

    [Theory]
    [InlineData("always", "any", null)]
    [InlineData("unless-stopped", "any", null)]
    [InlineData("no", "none", null)]
    [InlineData("on-failure", "on-failure", 0UL)]
    [InlineData("on-failure:3", "on-failure", 3UL)]
    public void Restart_counts_where_no_policy_is_said(string restart, string condition, ulong? attempts)
    {
        TaskRestartPolicy? policy = SpecOf(Web with { Run = new() { Restart = restart } }).TaskTemplate.RestartPolicy;
        Assert.Equal((condition, attempts), (policy!.Condition, policy.MaxAttempts));
    }

    [Fact]
    public void A_restart_policy_wins_over_restart()
    {
        TaskRestartPolicy? policy = SpecOf(Web with
        {
            Run = new() { Restart = "always" },
            Deploy = new() { Restart = new() { Condition = "none", DelayNanoseconds = 5 } },
        }).TaskTemplate.RestartPolicy;
        Assert.Equal(("none", 5L), (policy!.Condition, policy.Delay));
        Assert.Equal("stack.yml:7: service web: unknown restart policy: sometimes",
            Refusal(Web with { Run = new() { Restart = "sometimes" } }));
    }

    [Fact]
    public void A_healthcheck_is_disabled_or_tested_but_not_both()
    {
        Assert.Equal(["NONE"], SpecOf(Web with { Health = new() { IsDisabled = true, Place = Place } })
            .TaskTemplate.ContainerSpec!.Healthcheck!.Test);
        Skep.Docker.Engine.HealthConfig health = SpecOf(Web with
        {
            Health = new() { Test = ["CMD", "true"], IntervalNanoseconds = 3, Retries = 2, Place = Place },
        }).TaskTemplate.ContainerSpec!.Healthcheck!;
        Assert.Equal((3L, 2), (health.Interval, health.Retries));
        Assert.Equal("stack.yml:7: service web: test and disable can't be set at the same time",
            Refusal(Web with { Health = new() { IsDisabled = true, Test = ["CMD", "true"], Place = Place } }));
    }

    [Fact]
    public void Capabilities_that_are_added_are_not_dropped()
    {
        Skep.Docker.Engine.ContainerSpec container = SpecOf(Web with
        {
            CapAdd = ["net_admin", "CAP_CHOWN"],
            CapDrop = ["chown", "kill"],
        }).TaskTemplate.ContainerSpec!;
        Assert.Equal(["CAP_CHOWN", "CAP_NET_ADMIN"], container.CapabilityAdd);
        Assert.Equal(["CAP_KILL"], container.CapabilityDrop);
        Assert.Equal(["ALL"], SpecOf(Web with { CapDrop = ["chown", "all"] })
            .TaskTemplate.ContainerSpec!.CapabilityDrop);

        // Which only an update knows.
        Assert.Null(SpecOf(Web with { CapAdd = ["reset"] }).TaskTemplate.ContainerSpec!.CapabilityAdd);
    }

    [Fact]
    public void Updates_go_one_by_one_unless_the_file_says_otherwise()
    {
        ServiceSpec spec = SpecOf(Web with
        {
            Deploy = new() { Update = new() { Order = "start-first" }, Rollback = new() { Parallelism = 0 } },
        });
        Assert.Equal((1UL, "start-first"), (spec.UpdateConfig!.Parallelism, spec.UpdateConfig.Order));
        Assert.Equal(0UL, spec.RollbackConfig!.Parallelism);
    }

    [Fact]
    public void A_service_without_an_image_is_refused() => Assert.Equal(
        "stack.yml:7: invalid image reference for service web: no image specified",
        Refusal(Web with { Image = null }));
}
