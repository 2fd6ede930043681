using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Swarm;
using Skep.Swarm.Objects;
using ApiServiceSpec = Skep.Docker.Engine.ServiceSpec;
using ContainerSpec = Skep.Swarm.Objects.ContainerSpec;
using ServiceSpec = Skep.Swarm.Objects.ServiceSpec;

namespace Skep.Tests.Docker.Swarm;

public class ServiceViewTests
{
    // As the real engine 20.10.24 showed a service that was asked for with all that API 1.41 has; later ones add
    // NoNewPrivileges.
    private const string Everything = """
        {"Name":"full","Labels":{"a":"1","b":"2"},
        "TaskTemplate":{"ContainerSpec":{"Image":"alpine:latest","Labels":{"x":"y"},
        "Command":["/bin/sh"],"Args":["-c","true"],
        "Hostname":"{{.Node.Hostname}}","Env":["A=1","B"],"Dir":"/w","User":"1:2","Groups":["g1","2"],
        "Privileges":{"CredentialSpec":null,
        "SELinuxContext":{"Disable":false,"User":"u","Role":"r","Type":"t","Level":"l"},"NoNewPrivileges":false},
        "Init":true,"StopSignal":"SIGINT","TTY":true,"OpenStdin":true,"ReadOnly":true,
        "Mounts":[{"Type":"bind","Source":"/s","Target":"/t","ReadOnly":true,
        "BindOptions":{"Propagation":"rslave","NonRecursive":true}},
        {"Type":"volume","Source":"v","Target":"/v","VolumeOptions":{"NoCopy":true,"Labels":{"l":"m"},
        "DriverConfig":{"Name":"local","Options":{"o":"p"}}}},
        {"Type":"tmpfs","Target":"/tmp","TmpfsOptions":{"SizeBytes":1024,"Mode":511}}],
        "StopGracePeriod":1000000000,
        "Healthcheck":{"Test":["CMD","true"],"Interval":2000000,"Timeout":3000000,"StartPeriod":4000000,"Retries":5},
        "Hosts":["1.2.3.4 h"],
        "DNSConfig":{"Nameservers":["8.8.8.8"],
        "Search":["s"],"Options":["ndots:1"]},
        "Secrets":[{"File":{"Name":"pw","UID":"1","GID":"2","Mode":256},"SecretID":"s1","SecretName":"pw"}],
        "Configs":[{"File":{"Name":"/cf","UID":"0","GID":"0","Mode":292},"ConfigID":"c1","ConfigName":"cf"}],
        "Isolation":"default","Sysctls":{"net.core.somaxconn":"1024"},"CapabilityAdd":["CAP_NET_ADMIN"],
        "CapabilityDrop":["CAP_CHOWN"],"Ulimits":[{"Name":"nofile","Hard":2,"Soft":1}]},
        "Resources":{"Limits":{"NanoCPUs":500000000,"MemoryBytes":10485760,"Pids":7},
        "Reservations":{"NanoCPUs":1000000,"MemoryBytes":5242880,
        "GenericResources":[{"NamedResourceSpec":{"Kind":"gpu","Value":"G1"}},
        {"DiscreteResourceSpec":{"Kind":"ssd","Value":3}}]}},
        "RestartPolicy":{"Condition":"on-failure","Delay":5,"MaxAttempts":3,"Window":6},
        "Placement":{"Constraints":["node.role==manager"],
        "Preferences":[{"Spread":{"SpreadDescriptor":"node.labels.zone"}}],"MaxReplicas":2,
        "Platforms":[{"Architecture":"amd64","OS":"linux"}]},
        "LogDriver":{"Name":"json-file","Options":{"max-size":"1m"}},"ForceUpdate":4,"Runtime":"container"},
        "Mode":{"Replicated":{"Replicas":0}},
        "UpdateConfig":{"Parallelism":2,"Delay":1000,"FailureAction":"continue",
        "Monitor":2000,"MaxFailureRatio":0.15,"Order":"start-first"},
        "RollbackConfig":{"Parallelism":0,
        "FailureAction":"pause","MaxFailureRatio":1,"Order":"stop-first"},
        "EndpointSpec":{"Mode":"dnsrr",
        "Ports":[{"Name":"web","Protocol":"udp",
        "TargetPort":80,"PublishedPort":8080,"PublishMode":"host"}]}}
        """;

    // What came later, as the API reference has it.
    private const string Newer = """
        {"Name":"new","Labels":{},"TaskTemplate":{"ContainerSpec":{"Image":"a",
        "Privileges":{"CredentialSpec":null,"SELinuxContext":null,"Seccomp":{"Mode":"custom","Profile":"e30="},
        "AppArmor":{"Mode":"disabled"},"NoNewPrivileges":true},
        "Mounts":[{"Type":"bind","Source":"/s","Target":"/t","Consistency":"consistent",
        "BindOptions":{"Propagation":"rprivate","CreateMountpoint":true,"ReadOnlyNonRecursive":true,
        "ReadOnlyForceRecursive":true}},
        {"Type":"volume","Target":"/v","VolumeOptions":{"Subpath":"sub"}},
        {"Type":"tmpfs","Target":"/m","TmpfsOptions":{"Options":[["exec"],["size","1m"]]}}],
        "Healthcheck":{"Test":["NONE"],"StartInterval":7},
        "Configs":[{"Runtime":{},"ConfigID":"c2","ConfigName":"cs"}],"Isolation":"default","OomScoreAdj":-5},
        "Resources":{"SwapBytes":-1,"MemorySwappiness":60},
        "Networks":[{"Target":"n1","Aliases":["web"],"DriverOpts":{"k":"v"}}],"ForceUpdate":0,"Runtime":"container"},
        "Mode":{"ReplicatedJob":{"MaxConcurrent":2,"TotalCompletions":2}}}
        """;

    [Theory]
    [InlineData(Everything)]
    [InlineData(Newer)]
    public void What_was_asked_for_is_shown_as_it_was_asked_for(string text)
    {
        string json = text.ReplaceLineEndings("");
        Assert.Equal(json, Shown(Read(json)));
    }

    [Fact]
    public void What_is_left_out_is_one_replica_of_a_container()
    {
        ServiceSpec spec = Read(
            """{"TaskTemplate":{"ContainerSpec":{"Image":"a"}},"UpdateConfig":{"Parallelism":1}}""");
        Assert.Equal(new ReplicatedService { Replicas = 1 }, spec.Mode);
        Assert.Equal(new UpdateConfig { Parallelism = 1 }, spec.Update);
        Assert.Null(spec.Task.Resources);
        Assert.Null(spec.Task.Restart);
        Assert.Null(spec.Endpoint);
        Assert.Equal(
            "{\"Labels\":{},\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"a\",\"Isolation\":\"default\"},"
            + "\"ForceUpdate\":0,\"Runtime\":\"container\"},\"Mode\":{\"Replicated\":{\"Replicas\":1}},"
            + "\"UpdateConfig\":{\"Parallelism\":1,\"FailureAction\":\"pause\",\"MaxFailureRatio\":0,"
            + "\"Order\":\"stop-first\"}}",
            Shown(spec));
    }

    [Theory]
    [InlineData("""{"Global":{}}""", "{\"Global\":{}}", "global")]
    [InlineData("""{"GlobalJob":{}}""", "{\"GlobalJob\":{}}", "global-job")]
    [InlineData("""{"Replicated":{}}""", "{\"Replicated\":{\"Replicas\":1}}", "replicated")]
    [InlineData(
        """{"ReplicatedJob":{"MaxConcurrent":3}}""",
        "{\"ReplicatedJob\":{\"MaxConcurrent\":3,\"TotalCompletions\":3}}",
        "replicated-job")]
    public void Modes_are_shown_with_what_they_do_not_say(string asked, string shown, string word)
    {
        ServiceSpec spec = Read("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"}},"Mode":""" + asked + "}");
        Assert.EndsWith("\"Mode\":" + shown + "}", Shown(spec));
        Assert.Equal(word, ServiceView.ModeWord(spec.Mode));
    }

    [Fact]
    public void Credentials_of_a_registry_are_never_shown()
    {
        ServiceSpec spec = Read("""{"TaskTemplate":{"ContainerSpec":{"Image":"a"}}}""");
        ContainerSpec container = spec.Task.Container! with { PullOptions = new() { RegistryAuth = "c2VjcmV0" } };
        Assert.DoesNotContain("c2VjcmV0", Shown(spec with { Task = spec.Task with { Runtime = container } }));
    }

    [Fact]
    public void A_service_is_shown_with_its_update_its_endpoint_and_its_run()
    {
        var service = new Service
        {
            Id = new ServiceId("s1"),
            Meta = new Meta { Version = new ObjectVersion(7), CreatedAt = new SwarmTime(1, 0) },
            Spec = Read("""{"Name":"x","TaskTemplate":{"ContainerSpec":{"Image":"a"}},"Mode":{"GlobalJob":{}}}"""),
            PreviousSpec = ServiceSpec.Empty,
            UpdateStatus = new UpdateStatus
            {
                State = UpdateState.RollbackStarted,
                StartedAt = new SwarmTime(2, 0),
                CompletedAt = new SwarmTime(0, 0),
                Message = "update rolled back",
            },
            JobStatus = new JobStatus { JobIteration = new ObjectVersion(3), LastExecution = new SwarmTime(4, 0) },
            Endpoint = new Endpoint
            {
                Spec = new EndpointSpec(),
                Ports = [new PortConfig { TargetPort = 80, PublishedPort = 30000 }],
                VirtualIPs = [new VirtualIP { NetworkId = new NetworkId("n1"), Addr = "10.0.0.2/24" }],
            },
        };
        string shown = JsonSerializer.Serialize(ServiceView.Of(service), EngineJson.Default.ServiceInspect);
        Assert.StartsWith(
            "{\"ID\":\"s1\",\"Version\":{\"Index\":7},\"CreatedAt\":\"1970-01-01T00:00:01Z\","
            + "\"UpdatedAt\":\"0001-01-01T00:00:00Z\",\"Spec\":{\"Name\":\"x\"",
            shown);
        Assert.EndsWith(
            "\"PreviousSpec\":{\"Labels\":{},\"TaskTemplate\":{\"ForceUpdate\":0},\"Mode\":{}},"
            + "\"Endpoint\":{\"Spec\":{\"Mode\":\"vip\"},\"Ports\":[{\"Protocol\":\"tcp\",\"TargetPort\":80,"
            + "\"PublishedPort\":30000,\"PublishMode\":\"ingress\"}],"
            + "\"VirtualIPs\":[{\"NetworkID\":\"n1\",\"Addr\":\"10.0.0.2/24\"}]},"
            + "\"UpdateStatus\":{\"State\":\"rollback_started\",\"StartedAt\":\"1970-01-01T00:00:02Z\","
            + "\"Message\":\"update rolled back\"},"
            + "\"JobStatus\":{\"JobIteration\":{\"Index\":3},\"LastExecution\":\"1970-01-01T00:00:04Z\"}}",
            shown);
    }

    internal static ServiceSpec Read(string json) => ServiceSpecs.ToSpec(
        JsonSerializer.Deserialize<ApiServiceSpec>(json, EngineJson.Default.ServiceSpec)!);

    private static string Shown(ServiceSpec spec) =>
        JsonSerializer.Serialize(ServiceView.SpecOf(spec), EngineJson.Default.ServiceSpec);
}
