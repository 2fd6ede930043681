using Google.Protobuf.Collections;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using PlainWire = Skep.Transport.Contracts.PlainWire;
using Wire = Skep.Transport.Contracts;

namespace Skep.Manager.Control;

/// <summary>The filters of lists, between our query and the messages that SwarmKit has for them.</summary>
internal static class QueryWire
{
    public static Wire.ListClustersRequest ToClusters(ObjectQuery query) => new()
    {
        Filters = new()
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
            Labels = { PlainWire.ToWire(query.Labels) },
        },
    };

    public static Wire.ListNodesRequest ToNodes(ObjectQuery query) => new()
    {
        Filters = new()
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
            Labels = { PlainWire.ToWire(query.Labels) },
            NodeLabels = { PlainWire.ToWire(query.NodeLabels) },
            Roles = { query.Roles.Select(role => (Wire.NodeRole)role) },
            Memberships = { query.Memberships.Select(membership => (Wire.NodeSpec.Types.Membership)membership) },
        },
    };

    public static Wire.ListSecretsRequest ToSecrets(ObjectQuery query) => new()
    {
        Filters = new()
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
            Labels = { PlainWire.ToWire(query.Labels) },
        },
    };

    public static Wire.ListConfigsRequest ToConfigs(ObjectQuery query) => new()
    {
        Filters = new()
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
            Labels = { PlainWire.ToWire(query.Labels) },
        },
    };

    public static Wire.ListServicesRequest ToServices(ObjectQuery query) => new()
    {
        Filters = new()
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
            Labels = { PlainWire.ToWire(query.Labels) },
            Runtimes = { query.Runtimes },
        },
    };

    public static Wire.ListNetworksRequest ToNetworks(ObjectQuery query) => new()
    {
        Filters = new()
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
            Labels = { PlainWire.ToWire(query.Labels) },
        },
    };

    public static Wire.ListTasksRequest ToTasks(ObjectQuery query) => new()
    {
        Filters = new()
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
            Labels = { PlainWire.ToWire(query.Labels) },
            ServiceIds = { query.Services.Select(id => id.Value) },
            NodeIds = { query.Nodes.Select(id => id.Value) },
            DesiredStates = { query.DesiredStates.Select(state => (Wire.TaskState)state) },
            Runtimes = { query.Runtimes },
            UpToDate = query.UpToDate,
        },
    };

    public static ObjectQuery ToQuery(Wire.ListServicesRequest.Types.Filters? wire) => wire is null
        ? ObjectQuery.All
        : Query(wire.Names, wire.IdPrefixes, wire.NamePrefixes, wire.Labels) with
        {
            Runtimes = PlainWire.ToRecord(wire.Runtimes),
        };

    public static ObjectQuery ToQuery(Wire.ListNetworksRequest.Types.Filters? wire) => wire is null
        ? ObjectQuery.All
        : Query(wire.Names, wire.IdPrefixes, wire.NamePrefixes, wire.Labels);

    public static ObjectQuery ToQuery(Wire.ListTasksRequest.Types.Filters? wire) => wire is null
        ? ObjectQuery.All
        : Query(wire.Names, wire.IdPrefixes, wire.NamePrefixes, wire.Labels) with
        {
            Services = ValueList.From(wire.ServiceIds.Select(id => new ServiceId(id))),
            Nodes = ValueList.From(wire.NodeIds.Select(id => new NodeId(id))),
            DesiredStates = ValueList.From(wire.DesiredStates.Select(state => (TaskState)state)),
            Runtimes = PlainWire.ToRecord(wire.Runtimes),
            UpToDate = wire.UpToDate,
        };

    public static ObjectQuery ToQuery(Wire.ListClustersRequest.Types.Filters? wire) => wire is null
        ? ObjectQuery.All
        : Query(wire.Names, wire.IdPrefixes, wire.NamePrefixes, wire.Labels);

    public static ObjectQuery ToQuery(Wire.ListSecretsRequest.Types.Filters? wire) => wire is null
        ? ObjectQuery.All
        : Query(wire.Names, wire.IdPrefixes, wire.NamePrefixes, wire.Labels);

    public static ObjectQuery ToQuery(Wire.ListConfigsRequest.Types.Filters? wire) => wire is null
        ? ObjectQuery.All
        : Query(wire.Names, wire.IdPrefixes, wire.NamePrefixes, wire.Labels);

    public static ObjectQuery ToQuery(Wire.ListNodesRequest.Types.Filters? wire) => wire is null
        ? ObjectQuery.All
        : Query(wire.Names, wire.IdPrefixes, wire.NamePrefixes, wire.Labels) with
        {
            NodeLabels = PlainWire.ToRecord(wire.NodeLabels),
            Roles = ValueList.From(wire.Roles.Select(role => (NodeRole)role)),
            Memberships = ValueList.From(wire.Memberships.Select(membership => (NodeMembership)membership)),
        };

    private static ObjectQuery Query(
        RepeatedField<string> names,
        RepeatedField<string> idPrefixes,
        RepeatedField<string> namePrefixes,
        RepeatedField<Wire.KeyValue> labels) => new()
    {
        Names = PlainWire.ToRecord(names),
        IdPrefixes = PlainWire.ToRecord(idPrefixes),
        NamePrefixes = PlainWire.ToRecord(namePrefixes),
        Labels = PlainWire.ToRecord(labels),
    };
}
