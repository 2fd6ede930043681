using Skep.Swarm.Allocation;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using Skep.Tests.Scheduling;
using Skep.Tests.Store;

namespace Skep.Tests.Allocation;

/// <summary>Networks that reach over nodes, and services on them.</summary>
internal static class NetworkScenes
{
    public static SwarmNetwork Overlay(string id, params string[] subnets) => new()
    {
        Id = new(id),
        Spec = new()
        {
            Annotations = new() { Name = "name-" + id },
            DriverConfig = new() { Name = "overlay" },
            Ipam = subnets.Length == 0
                ? null
                : new() { Configs = ValueList.From(subnets.Select(subnet => new IpamConfig { Subnet = subnet })) },
        },
    };

    public static Service Service(string id, params string[] networks) => new()
    {
        Id = new(id),
        Spec = new() { Annotations = new() { Name = "name-" + id }, Task = On(networks) },
    };

    public static Service WithPort(this Service service, uint port) => service with
    {
        Spec = service.Spec with
        {
            Endpoint = new() { Ports = [new() { TargetPort = 80, PublishedPort = port }] },
        },
    };

    public static SwarmTask New(string service, ulong slot, params string[] networks) =>
        Scenes.Task(service, slot, On(networks)) with { Status = new() { State = TaskState.New } };

    public static TaskSpec On(params string[] networks) => new()
    {
        Networks = ValueList.From(networks.Select(network => new NetworkAttachmentConfig { Target = network })),
    };

    /// <summary>As a leader looks at it that knows nothing yet.</summary>
    public static StoreSnapshot Allocated(this StoreSnapshot store)
    {
        var book = new AddressBook();
        return store
            .Decided(new NetworkAllocation().Decide)
            .Decided(new ServiceEndpoints(book).Decide)
            .Decided(new TaskAllocation(book).Decide);
    }

    public static string Subnets(this StoreSnapshot store, string network) => string.Join(
        " ",
        store.Networks.Get(new(network))!.Ipam?.Configs.Select(one => $"{one.Subnet}>{one.Gateway}") ?? []);

    public static string Vnis(this StoreSnapshot store, string network) =>
        store.Networks.Get(new(network))!.DriverState!.Options[SharedNetworks.VniOption];

    public static string VirtualIPs(this StoreSnapshot store, string service) => string.Join(
        " ",
        store.Services.Get(new(service))!.Endpoint?.VirtualIPs.Select(one => $"{one.NetworkId}={one.Addr}") ?? []);

    public static string Addresses(this StoreSnapshot store, string task) => string.Join(
        " ",
        store.Tasks.Get(new(task))!.Networks.Select(one =>
            $"{one.Network!.Id}={string.Join(",", one.Addresses.AsEnumerable())}"));

    public static StoreSnapshot Ended(this StoreSnapshot store, string task, TaskState state = TaskState.Shutdown) =>
        store.Change(write =>
        {
            SwarmTask ended = write.Tasks.Get(new(task))!;
            write.Update(ended with { DesiredState = TaskState.Shutdown, Status = new() { State = state } });
        });
}
