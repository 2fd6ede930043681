using Google.Protobuf.Collections;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;
using CommonWire = Skep.Transport.Contracts.CommonWire;
using Wire = Skep.Transport.Contracts;

namespace Skep.Manager.Control;

/// <summary>The filters of lists, between our query and the five messages that SwarmKit has for them.</summary>
internal static class QueryWire
{
    public static Wire.ListClustersRequest ToClusters(ObjectQuery query)
    {
        var filters = new Wire.ListClustersRequest.Types.Filters
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
        };
        CommonWire.Fill(filters.Labels, query.Labels);
        return new() { Filters = filters };
    }

    public static Wire.ListNodesRequest ToNodes(ObjectQuery query)
    {
        var filters = new Wire.ListNodesRequest.Types.Filters
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
            Roles = { query.Roles.Select(role => (Wire.NodeRole)role) },
            Memberships = { query.Memberships.Select(membership => (Wire.NodeSpec.Types.Membership)membership) },
        };
        CommonWire.Fill(filters.Labels, query.Labels);
        CommonWire.Fill(filters.NodeLabels, query.NodeLabels);
        return new() { Filters = filters };
    }

    public static Wire.ListSecretsRequest ToSecrets(ObjectQuery query)
    {
        var filters = new Wire.ListSecretsRequest.Types.Filters
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
        };
        CommonWire.Fill(filters.Labels, query.Labels);
        return new() { Filters = filters };
    }

    public static Wire.ListConfigsRequest ToConfigs(ObjectQuery query)
    {
        var filters = new Wire.ListConfigsRequest.Types.Filters
        {
            Names = { query.Names },
            IdPrefixes = { query.IdPrefixes },
            NamePrefixes = { query.NamePrefixes },
        };
        CommonWire.Fill(filters.Labels, query.Labels);
        return new() { Filters = filters };
    }

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
            NodeLabels = CommonWire.ToRecord(wire.NodeLabels),
            Roles = ValueList.From(wire.Roles.Select(role => (NodeRole)role)),
            Memberships = ValueList.From(wire.Memberships.Select(membership => (NodeMembership)membership)),
        };

    private static ObjectQuery Query(
        RepeatedField<string> names,
        RepeatedField<string> idPrefixes,
        RepeatedField<string> namePrefixes,
        MapField<string, string> labels) => new()
    {
        Names = CommonWire.ToRecord(names),
        IdPrefixes = CommonWire.ToRecord(idPrefixes),
        NamePrefixes = CommonWire.ToRecord(namePrefixes),
        Labels = CommonWire.ToRecord(labels),
    };
}
