using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Swarm;
using Skep.Swarm.Objects;
using ContainerSpec = Skep.Swarm.Objects.ContainerSpec;
using NetworkSpec = Skep.Swarm.Objects.NetworkSpec;
using TaskSpec = Skep.Swarm.Objects.TaskSpec;

namespace Skep.Tests.Docker.Swarm;

public class TaskViewTests
{
    private const string Plain =
        "\"Version\":{},\"CreatedAt\":\"0001-01-01T00:00:00Z\",\"UpdatedAt\":\"0001-01-01T00:00:00Z\"";

    [Fact]
    public void A_new_task_has_no_node_and_no_container() => Assert.Equal(
        "{\"ID\":\"t\"," + Plain + ",\"Labels\":{},\"Spec\":{\"ForceUpdate\":0},"
        + "\"Status\":{\"Timestamp\":\"0001-01-01T00:00:00Z\",\"State\":\"new\",\"PortStatus\":{}},"
        + "\"DesiredState\":\"new\",\"Volumes\":null}",
        Shown(new SwarmTask { Id = new TaskId("t") }));

    [Fact]
    public void A_task_shows_where_it_runs_and_how_it_ended()
    {
        var task = new SwarmTask
        {
            Id = new TaskId("t"),
            Annotations = new Annotations { Name = "web.2.t", Labels = ValueMap.Of(("a", "b")) },
            Spec = new TaskSpec { Runtime = new ContainerSpec { Image = "i" } },
            ServiceId = new ServiceId("s"),
            Slot = 2,
            NodeId = new NodeId("n"),
            DesiredState = TaskState.Shutdown,
            JobIteration = new ObjectVersion(4),
            AssignedGenericResources = [new Skep.Swarm.Objects.DiscreteGenericResource { Kind = "ssd", Value = 1 }],
            Status = new SwarmTaskStatus
            {
                Timestamp = new SwarmTime(5, 600),
                State = TaskState.Failed,
                Message = "started",
                Err = "task: non-zero exit (1)",
                Container = new ContainerStatus { ContainerId = "c", ExitCode = 1 },
                PortStatus = new PortStatus
                {
                    Ports = [new PortConfig { TargetPort = 80, PublishedPort = 8080, PublishMode = PublishMode.Host }],
                },
            },
        };
        Assert.Equal(
            "{\"ID\":\"t\"," + Plain + ",\"Name\":\"web.2.t\",\"Labels\":{\"a\":\"b\"},"
            + "\"Spec\":{\"ContainerSpec\":{\"Image\":\"i\",\"Isolation\":\"default\"},\"ForceUpdate\":0},"
            + "\"ServiceID\":\"s\",\"Slot\":2,\"NodeID\":\"n\","
            + "\"Status\":{\"Timestamp\":\"1970-01-01T00:00:05.0000006Z\",\"State\":\"failed\",\"Message\":\"started\","
            + "\"Err\":\"task: non-zero exit (1)\","
            + "\"ContainerStatus\":{\"ContainerID\":\"c\",\"PID\":0,\"ExitCode\":1},"
            + "\"PortStatus\":{\"Ports\":[{\"Protocol\":\"tcp\",\"TargetPort\":80,\"PublishedPort\":8080,"
            + "\"PublishMode\":\"host\"}]}},\"DesiredState\":\"shutdown\","
            + "\"GenericResources\":[{\"DiscreteResourceSpec\":{\"Kind\":\"ssd\",\"Value\":1}}],"
            + "\"JobIteration\":{\"Index\":4},\"Volumes\":null}",
            Shown(task));
    }

    [Fact]
    public void A_task_shows_the_networks_that_it_is_on()
    {
        var network = new SwarmNetwork
        {
            Id = new NetworkId("n1"),
            Spec = new NetworkSpec
            {
                Annotations = new Annotations { Name = "host", Labels = ValueMap.Of(("p", "true")) },
                DriverConfig = new Driver { Name = "host" },
                Attachable = true,
            },
            DriverState = new Driver { Name = "host" },
            Ipam = new IpamOptions { Configs = [new() { Subnet = "10.0.1.0/24", Gateway = "10.0.1.1" }] },
        };
        string shown = Shown(new SwarmTask
        {
            Id = new TaskId("t"),
            Networks = [new NetworkAttachment { Network = network, Addresses = ["10.0.1.3/24"] }],
        });
        Assert.Contains(
            "\"NetworksAttachments\":[{\"Network\":{\"ID\":\"n1\"," + Plain
            + ",\"Spec\":{\"Name\":\"host\",\"Labels\":{\"p\":\"true\"},"
            + "\"DriverConfiguration\":{\"Name\":\"host\"},\"Attachable\":true,\"Scope\":\"swarm\"},"
            + "\"DriverState\":{\"Name\":\"host\"},\"IPAMOptions\":{\"Driver\":{},"
            + "\"Configs\":[{\"Subnet\":\"10.0.1.0/24\",\"Gateway\":\"10.0.1.1\"}]}},"
            + "\"Addresses\":[\"10.0.1.3/24\"]}]",
            shown);
    }

    private static string Shown(SwarmTask task) =>
        JsonSerializer.Serialize(TaskView.Of(task), EngineJson.Default.TaskInspect);
}
