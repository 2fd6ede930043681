using System.Text;
using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Engine.Requests;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Xunit;
using Service = Skep.Swarm.Objects.Service;

namespace Skep.Tests.Engine;

public class ListPagesTests
{
    private readonly List<string> written = [];
    private readonly ListPages<Service, ServiceInspect> pages;

    public ListPagesTests()
    {
        pages = new(
            service =>
            {
                written.Add(service.Id.Value);
                return ServiceView.Of(service);
            },
            EngineJson.Default.ServiceInspect);
    }

    [Fact]
    public void A_list_is_the_JSON_of_its_objects()
    {
        Service[] services = [New("a"), New("b")];
        Assert.Equal("[]\n", Text(pages.Of([]).Json));
        Assert.Equal(
            JsonSerializer.Serialize(
                services.Select(ServiceView.Of).ToList(), EngineJson.Default.IReadOnlyListServiceInspect) + "\n",
            Text(pages.Of(services).Json));
    }

    [Fact]
    public void Only_what_is_new_is_written()
    {
        Service a = New("a"), b = New("b"), c = New("c");
        ListPage<Service> first = pages.Of([a, b]);
        Assert.Same(first, pages.Of([a, b]));
        Assert.Equal(["a", "b"], written);
        Service changed = b with { Meta = new Meta { Version = new(9) } };
        ListPage<Service> second = pages.Of([a, changed, c]);
        Assert.Equal(["a", "b", "b", "c"], written);
        JsonElement list = JsonDocument.Parse(second.Json).RootElement;
        Assert.Equal(
            [("a", 0), ("b", 9), ("c", 0)],
            list.EnumerateArray().Select(one => (
                one.GetProperty("ID").GetString()!,
                one.GetProperty("Version").TryGetProperty("Index", out JsonElement index) ? index.GetInt32() : 0)));

        // Equal is not enough: what an object holds may still be another one.
        Assert.NotSame(second, pages.Of([a, changed with { }, c]));
        GC.KeepAlive(first);
        GC.KeepAlive(second);
    }

    [Fact]
    public void A_property_is_added_to_those_that_have_it()
    {
        Service a = New("a"), b = New("b");
        ReadOnlyMemory<byte> longer = pages.Of([a, b]).With(
            "ServiceStatus",
            service => service == a ? new ServiceStatus { RunningTasks = 1, DesiredTasks = 2 } : null,
            EngineJson.Default.ServiceStatus);
        List<ServiceInspect> read = [.. JsonSerializer.Deserialize(
            longer.Span, EngineJson.Default.IReadOnlyListServiceInspect)!];
        Assert.Equal(new ServiceStatus { RunningTasks = 1, DesiredTasks = 2 }, read[0].ServiceStatus);
        Assert.Null(read[1].ServiceStatus);
        Assert.Equal(["a", "b"], read.Select(one => one.Id));
        Assert.EndsWith("]\n", Text(longer), StringComparison.Ordinal);
        Assert.Equal("[]\n", Text(pages.Of([]).With("X", _ => new ServiceStatus(), EngineJson.Default.ServiceStatus)));
    }

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    private static Service New(string id) => new()
    {
        Id = new ServiceId(id),
        Spec = new()
        {
            Annotations = new() { Name = id },
            Task = new() { Runtime = new Skep.Swarm.Objects.ContainerSpec { Image = "test:latest" } },
        },
    };
}
