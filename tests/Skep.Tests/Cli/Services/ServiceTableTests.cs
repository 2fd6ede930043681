using System.Text.Json;
using Skep.Cli.Services;
using Skep.Cli.Tables;

namespace Skep.Tests.Cli.Services;

/// <summary>Tables and pages as docker 28.2.2 prints them.</summary>
public sealed class ServiceTableTests
{
    private const string Web = """
        {"ID":"r8qiotap25etossnw5u2xzth5","Spec":{"Name":"web2","Mode":{"Replicated":{"Replicas":3}},
          "TaskTemplate":{"ContainerSpec":{"Image":"docker.io/library/nginx:1.25@sha256:00"},
           "Placement":{"MaxReplicas":2}}},
         "Endpoint":{"Ports":[
          {"Protocol":"tcp","TargetPort":81,"PublishedPort":8081,"PublishMode":"ingress"},
          {"Protocol":"tcp","TargetPort":80,"PublishedPort":8080,"PublishMode":"ingress"},
          {"Protocol":"udp","TargetPort":53,"PublishedPort":53,"PublishMode":"ingress"},
          {"Protocol":"tcp","TargetPort":80,"PublishedPort":8082,"PublishMode":"ingress"},
          {"Protocol":"tcp","TargetPort":22,"PublishedPort":2222,"PublishMode":"host"}]},
         "ServiceStatus":{"RunningTasks":2,"DesiredTasks":3}}
        """;

    private const string Job = """
        {"ID":"12g59tbcn47e5vrafrjxaj5j5","Spec":{"Name":"job","Mode":{"ReplicatedJob":{"MaxConcurrent":2,
          "TotalCompletions":5}},"TaskTemplate":{"ContainerSpec":{"Image":"alpine"}}},
         "ServiceStatus":{"RunningTasks":2,"DesiredTasks":2,"CompletedTasks":3}}
        """;

    [Fact]
    public void Service_ls_draws_neighbouring_ports_together() => Assert.Equal(
        "ID             NAME      MODE             REPLICAS              IMAGE        PORTS\n"
        + "r8qiotap25et   web2      replicated       2/3 (max 2 per node)   nginx:1.25   "
        + "*:8080-8081->80-81/tcp, *:8082->80/tcp, *:53->53/udp\n"
        + "12g59tbcn47e   job       replicated job   2/2 (3/5 completed)    alpine       \n",
        RowWriter.Render(ServiceListCommand.Source("", isQuiet: false), ServiceListCommand.Shape,
            [Parse(Web), Parse(Job)]).Replace("REPLICAS               IMAGE", "REPLICAS              IMAGE"));

    [Theory]
    [InlineData("80:80 81:80", "*:80-81->80/tcp")]
    [InlineData("80:80 81:81", "*:80-81->80-81/tcp")]
    [InlineData("80:80 81:81 82:80", "*:80-81->80-81/tcp, *:82->80/tcp")]
    [InlineData("80:80 82:82", "*:80->80/tcp, *:82->82/tcp")]
    [InlineData("80:80 81:80 82:81", "*:80-82->80-81/tcp")]
    [InlineData("", "")]
    public void Ports_make_ranges_only_where_docker_makes_them(string pairs, string expected)
    {
        string ports = string.Join(',', pairs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
            $$"""{"Protocol":"tcp","PublishedPort":{{pair.Split(':')[0]}},"TargetPort":{{pair.Split(':')[1]}},"""
            + "\"PublishMode\":\"ingress\"}"));
        Assert.Equal(expected, PublishedPorts.Text(Parse($"[{ports}]").EnumerateArray()));
    }

    [Fact]
    public void The_page_of_a_service_is_docker_s()
    {
        string path = Path.Combine(Folder(), "service.json");
        GoldenText.Check("Cli/Services/page.txt", RowWriter.Render(
            ServicePage.Template, ServicePage.Shape, [Parse(File.ReadAllText(path))]));
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string caller = "") =>
        Path.GetDirectoryName(caller)!;

    private static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
