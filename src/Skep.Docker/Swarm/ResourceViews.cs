using Skep.Swarm.Objects;
using Api = Skep.Docker.Engine;

namespace Skep.Docker.Swarm;

/// <summary>What tasks may use and what is kept for them, both ways.</summary>
internal static class ResourceViews
{
    // The limit of processes is the container's in the store, and a resource in the API.
    public static Api.TaskResources? Of(TaskSpec spec)
    {
        long pids = spec.Container?.PidsLimit ?? 0;
        return spec.Resources is not { } resources
            ? pids == 0 ? null : new() { Limits = new() { Pids = pids } }
            : new()
            {
                Limits = resources.Limits is null && pids == 0
                    ? null
                    : new()
                    {
                        NanoCpus = resources.Limits?.NanoCpus ?? 0,
                        MemoryBytes = resources.Limits?.MemoryBytes ?? 0,
                        Pids = pids,
                    },
                Reservations = resources.Reservations is { } kept ? Of(kept) : null,
                SwapBytes = resources.SwapBytes,
                MemorySwappiness = resources.MemorySwappiness,
            };
    }

    public static Api.NodeResources Of(Resources resources) => new()
    {
        NanoCpus = resources.NanoCpus,
        MemoryBytes = resources.MemoryBytes,
        GenericResources = Of(resources.Generic),
    };

    public static IReadOnlyList<Api.GenericResource>? Of(ValueList<GenericResource> resources) =>
        resources.IsEmpty ? null : [.. resources.Select(Of)];

    public static ResourceRequirements? ToRequirements(Api.TaskResources? asked) => asked is null
        ? null
        : new()
        {
            Limits = asked.Limits is { } limits
                ? new() { NanoCpus = limits.NanoCpus, MemoryBytes = limits.MemoryBytes }
                : null,
            Reservations = asked.Reservations is { } kept
                ? new()
                {
                    NanoCpus = kept.NanoCpus,
                    MemoryBytes = kept.MemoryBytes,
                    Generic = [.. (kept.GenericResources ?? []).Select(ToGeneric)],
                }
                : null,
            SwapBytes = asked.SwapBytes,
            MemorySwappiness = asked.MemorySwappiness,
        };

    private static Api.GenericResource Of(GenericResource resource) => resource switch
    {
        NamedGenericResource named => new()
        {
            NamedResourceSpec = new() { Kind = Views.OrNull(named.Kind), Value = Views.OrNull(named.Value) },
        },
        DiscreteGenericResource counted => new()
        {
            DiscreteResourceSpec = new() { Kind = Views.OrNull(counted.Kind), Value = counted.Value },
        },
        _ => new(),
    };

    private static GenericResource ToGeneric(Api.GenericResource asked) => asked switch
    {
        { DiscreteResourceSpec: { } counted } => new DiscreteGenericResource
        {
            Kind = counted.Kind ?? "",
            Value = counted.Value,
        },
        { NamedResourceSpec: { } named } => new NamedGenericResource
        {
            Kind = named.Kind ?? "",
            Value = named.Value ?? "",
        },
        _ => throw ServiceWords.Refused("a generic resource must have a named or a discrete resource spec"),
    };
}
