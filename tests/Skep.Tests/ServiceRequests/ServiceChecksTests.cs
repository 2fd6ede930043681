using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Services;

namespace Skep.Tests.ServiceRequests;

public class ServiceChecksTests
{
    private static readonly ServiceSpec good = ServiceSpecs.Named("web");

    /// <summary>What is asked, and the words of the refusal as SwarmKit has them.</summary>
    public static readonly TheoryData<ServiceSpec, string> Refused = new()
    {
        { good with { Annotations = new() }, "meta: name must be provided" },
        { ServiceSpecs.Named("a.b"), "name must be valid as a DNS name component" },
        { ServiceSpecs.Named(new('a', 64)), "name must be 63 characters or fewer" },
        { Limited(new() { NanoCpus = 500 }), "invalid cpu value 5e-07: Must be at least 0.001" },
        { Limited(new() { NanoCpus = -1_500_000_000 }), "invalid cpu value -1.5: Must be at least 0.001" },
        { Limited(new() { MemoryBytes = 4194303 }), "invalid memory value 4194303: Must be at least 4MiB" },
        { Restarted(new() { Delay = new(-1, 0) }), "TaskSpec: restart-delay cannot be negative" },
        { Restarted(new() { Window = new(0, -1) }), "TaskSpec: restart-window cannot be negative" },
        { Run(null), "TaskSpec: missing runtime" },
        { Run(new GenericRuntimeSpec { Kind = "ab" }), "Generic runtime: Invalid name \"ab\"" },
        { Run(new GenericRuntimeSpec { Kind = "Container" }), "Generic runtime: \"Container\" is a reserved name" },
        { Run(new GenericRuntimeSpec { Kind = "plugin" }), "Generic runtime is missing payload" },
        { good.With(one => one with { Image = "" }), "ContainerSpec: image reference must be provided" },
        { good.With(one => one with { Image = "???" }), "ContainerSpec: \"???\" is not a valid repository/tag" },
        {
            good.With(one => one with { Mounts = [new() { Target = "/a" }, new() { Target = "/a" }] }),
            "ContainerSpec: duplicate mount point: /a"
        },
        {
            Healthy(new() { Timeout = new(0, 999_999) }),
            "ContainerSpec: Timeout in HealthConfig cannot be less than 1ms"
        },
        { Healthy(new() { Retries = -1 }), "ContainerSpec: Retries in HealthConfig cannot be negative" },
        { Secret(Of("i", "", null)), "malformed secret reference" },
        { Secret(Of("i", "n", null)), "malformed secret reference, no target provided" },
        { Secret(Of("i", "n", "")), "malformed file secret reference, invalid target file name provided" },
        {
            Secret(Of("i", "n", "f"), Of("j", "m", "f")),
            "secret references 'n' and 'm' have a conflicting target: 'f'"
        },
        {
            good.With(one => one with
            {
                Privileges = new() { CredentialSpec = new() { Source = CredentialSource.Config, Value = "c" } },
            }),
            "CredentialSpec references config 'c', but that config isn't in config references with RuntimeTarget"
        },
        { good with { Mode = null }, "Unrecognized service mode" },
        {
            good with { Mode = new ReplicatedService { Replicas = ulong.MaxValue } },
            "Number of replicas must be non-negative"
        },
        { good with { Mode = new GlobalJob(), Update = new() }, "Jobs may not have an update config" },
        { good with { Update = new() { Delay = new(0, -1) } }, "TaskSpec: update-delay cannot be negative" },
        { good with { Update = new() { Monitor = new(-1, 0) } }, "TaskSpec: update-monitor cannot be negative" },
        {
            good with { Update = new() { MaxFailureRatio = 1.1f } },
            "TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1"
        },
        {
            good with { Endpoint = new() { Mode = ResolutionMode.DnsRoundRobin, Ports = [new() { TargetPort = 1 }] } },
            "EndpointSpec: port published with ingress mode can't be used with dnsrr mode"
        },
        {
            good.Publishing(new() { PublishedPort = 80 }, new() { PublishedPort = 80 }),
            "EndpointSpec: duplicate published ports provided"
        },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_is_refused_in_SwarmKits_words(ServiceSpec spec, string words)
    {
        var refused = Assert.Throws<RefusedException>(() => ServiceChanges.Check(spec, ServiceSpecs.Formats));
        Assert.Equal("rpc error: code = InvalidArgument desc = " + words, refused.Message);
    }

    [Fact]
    public void A_constraint_that_cannot_be_read_and_a_runtime_that_is_no_services_have_other_codes()
    {
        ServiceSpec placed = good with
        {
            Task = good.Task with { Placement = new() { Constraints = ["node.role"] } },
        };
        var refused = Assert.Throws<RefusedException>(() => ServiceChanges.Check(placed, ServiceSpecs.Formats));
        Assert.Equal(
            "rpc error: code = Unknown desc = constraint expected one operator from ==, !=", refused.Message);
        refused = Assert.Throws<RefusedException>(
            () => ServiceChanges.Check(Run(new NetworkAttachmentSpec()), ServiceSpecs.Formats));
        Assert.Equal(
            "rpc error: code = Unimplemented desc = RuntimeSpec: unimplemented runtime in service spec",
            refused.Message);
    }

    [Fact]
    public void What_can_be_passes()
    {
        ServiceSpec[] specs =
        [
            good,
            good with { Mode = new GlobalJob() },
            good.Publishing(
                new() { PublishedPort = 80 },
                new() { PublishedPort = 80, Protocol = PortProtocol.Udp },
                new(),
                new()),
            Healthy(new() { Interval = SwarmDuration.Zero, Timeout = new(0, 1_000_000) }),
            Run(new GenericRuntimeSpec
            {
                Kind = "plugin",
                Payload = new() { TypeUrl = "t", Value = Bytes.Utf8("x") },
            }),
        ];
        Assert.All(specs, spec => ServiceChanges.Check(spec, ServiceSpecs.Formats));
    }

    [Fact]
    public void Templates_are_tried_with_a_task_that_looks_like_one_of_the_service()
    {
        SwarmTask? tried = null;
        ContainerFormats formats = ServiceSpecs.Formats with
        {
            Expand = (task, node) =>
            {
                tried = task;
                return task.Spec.Container! with { Image = "" + node.Hostname };
            },
        };
        ServiceChanges.Check(good, formats);
        Assert.Equal((1ul, "servicename"), (tried!.Slot, tried.ServiceAnnotations.Name));
        formats = formats with { Expand = (_, _) => throw new RefusedException(ErrorKind.Invalid, "no such field") };
        var refused = Assert.Throws<RefusedException>(() => ServiceChanges.Check(good, formats));
        Assert.Equal("rpc error: code = InvalidArgument desc = no such field", refused.Message);
    }

    private static ServiceSpec Limited(Resources limits) => good with
    {
        Task = good.Task with { Resources = new() { Limits = limits } },
    };

    private static ServiceSpec Restarted(RestartPolicy policy) => good with
    {
        Task = good.Task with { Restart = policy },
    };

    private static ServiceSpec Run(TaskRuntime? runtime) => good with { Task = good.Task with { Runtime = runtime } };

    private static ServiceSpec Healthy(HealthConfig health) => good.With(one => one with { Healthcheck = health });

    private static ServiceSpec Secret(params SecretReference[] secrets) =>
        good.With(one => one with { Secrets = [.. secrets] });

    private static SecretReference Of(string id, string name, string? file) => new()
    {
        SecretId = new(id),
        SecretName = name,
        Target = file is null ? null : new() { Name = file },
    };
}
