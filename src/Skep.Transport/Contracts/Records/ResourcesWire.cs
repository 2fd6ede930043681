using System.Diagnostics.CodeAnalysis;
using Objects = Skep.Swarm.Objects;

namespace Skep.Transport.Contracts;

/// <summary>What nodes have and tasks ask for, between record and wire.</summary>
public static class ResourcesWire
{
    public static GenericResource ToWire(Objects.GenericResource record) => record switch
    {
        Objects.NamedGenericResource named => new()
        {
            NamedResourceSpec = new() { Kind = named.Kind, Value = named.Value },
        },
        Objects.DiscreteGenericResource discrete => new()
        {
            DiscreteResourceSpec = new() { Kind = discrete.Kind, Value = discrete.Value },
        },
        _ => new(),
    };

    public static Objects.GenericResource ToRecord(GenericResource wire) => wire.ResourceCase switch
    {
        GenericResource.ResourceOneofCase.NamedResourceSpec => new Objects.NamedGenericResource
        {
            Kind = wire.NamedResourceSpec.Kind,
            Value = wire.NamedResourceSpec.Value,
        },
        GenericResource.ResourceOneofCase.DiscreteResourceSpec => new Objects.DiscreteGenericResource
        {
            Kind = wire.DiscreteResourceSpec.Kind,
            Value = wire.DiscreteResourceSpec.Value,
        },
        _ => new(),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static Resources? ToWire(Objects.Resources? record) => record is null ? null : new()
    {
        NanoCpus = record.NanoCpus,
        MemoryBytes = record.MemoryBytes,
        Generic = { PlainWire.ToWire(record.Generic, ToWire) },
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.Resources? ToRecord(Resources? wire) => wire is null ? null : new()
    {
        NanoCpus = wire.NanoCpus,
        MemoryBytes = wire.MemoryBytes,
        Generic = PlainWire.ToRecord(wire.Generic, ToRecord),
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ResourceRequirements? ToWire(Objects.ResourceRequirements? record) => record is null ? null : new()
    {
        Limits = ToWire(record.Limits),
        Reservations = ToWire(record.Reservations),
        SwapBytes = record.SwapBytes,
        MemorySwappiness = record.MemorySwappiness,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ResourceRequirements? ToRecord(ResourceRequirements? wire) => wire is null ? null : new()
    {
        Limits = ToRecord(wire.Limits),
        Reservations = ToRecord(wire.Reservations),
        SwapBytes = wire.SwapBytes,
        MemorySwappiness = wire.MemorySwappiness,
    };

    [return: NotNullIfNotNull(nameof(record))]
    public static ResourceReference? ToWire(Objects.ResourceReference? record) => record is null ? null : new()
    {
        ResourceId = record.ResourceId,
        ResourceType = (ResourceType)record.ResourceType,
    };

    [return: NotNullIfNotNull(nameof(wire))]
    public static Objects.ResourceReference? ToRecord(ResourceReference? wire) => wire is null ? null : new()
    {
        ResourceId = wire.ResourceId,
        ResourceType = (Objects.ResourceType)wire.ResourceType,
    };
}
