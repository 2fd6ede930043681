using System.Diagnostics.CodeAnalysis;
using Skep.Swarm.Objects;
using Skep.Swarm.Store;

namespace Skep.Swarm.Allocation;

/// <summary>The networks that a service and its tasks ask for.</summary>
internal static class Attachments
{
    /// <summary>The spec's own networks count only where the task names none.</summary>
    public static ValueList<NetworkAttachmentConfig> WishesOf(ServiceSpec spec) =>
        spec.Task.Networks.IsEmpty ? spec.Networks : spec.Task.Networks;

    public static bool NeedsIngress(ServiceSpec spec) =>
        spec.Endpoint is { } endpoint && endpoint.Ports.Any(port => port.PublishMode == PublishMode.Ingress);

    public static SwarmNetwork? Find(StoreReader store, string target) =>
        store.Networks.Get(new(target)) ?? store.Networks.Named(target);

    /// <summary>The networks on which a service has an address of its own, the routing mesh's first.</summary>
    public static IEnumerable<SwarmNetwork> NetworksOf(StoreReader store, ServiceSpec spec)
    {
        IEnumerable<SwarmNetwork?> wished = WishesOf(spec).Select(wish => Find(store, wish.Target));
        return (NeedsIngress(spec) ? wished.Prepend(SharedNetworks.Ingress(store)) : wished)
            .OfType<SwarmNetwork>()
            .DistinctBy(network => network.Id);
    }

    /// <summary>What a task gets, or why it gets nothing yet.</summary>
    public static bool TryMake(
        StoreReader store,
        Service? service,
        ValueList<NetworkAttachmentConfig> wishes,
        AddressGrants grants,
        out ValueList<NetworkAttachment> made,
        [NotNullWhen(false)] out string? missing)
    {
        var attachments = new List<NetworkAttachment>();
        missing = null;
        if (service is not null && NeedsIngress(service.Spec))
        {
            missing = SharedNetworks.Ingress(store) is { } ingress
                ? TryAttach(store, ingress, new(), grants, attachments)
                : "ingress network is missing";
        }
        foreach (NetworkAttachmentConfig wish in wishes)
        {
            missing ??= Find(store, wish.Target) is { } network
                ? TryAttach(store, network, wish, grants, attachments)
                : $"network {wish.Target} not found";
        }
        if (missing is not null)
        {
            // Others may have what this task cannot use yet.
            attachments.ForEach(attachment => grants.Return(attachment.Network!, attachment.Addresses));
            attachments.Clear();
        }
        made = ValueList.From(attachments);
        return missing is null;
    }

    /// <returns>What is in the way; null: it was added.</returns>
    private static string? TryAttach(
        StoreReader store,
        SwarmNetwork network,
        NetworkAttachmentConfig wish,
        AddressGrants grants,
        List<NetworkAttachment> attachments)
    {
        string name = network.Spec.Annotations.Name;
        if (attachments.Exists(other => other.Network?.Id == network.Id))
        {
            return null;
        }
        if (!SharedNetworks.IsAllocated(network))
        {
            string why = NetworkAllocation.Problem(store, network) is { } problem ? $": {problem}" : "";
            return $"network {name} attached to task not allocated yet{why}";
        }
        ValueList<string> addresses = wish.Addresses;
        string? refusal = null;
        if (!LocalNetworks.IsLocal(network))
        {
            if (wish.Addresses.IsEmpty)
            {
                refusal = grants.TryTake(network, out addresses) ? null : AddressGrants.NoneLeft(network);
            }
            else
            {
                grants.TryTake(network, wish.Addresses, out addresses, out refusal);
            }
        }
        if (refusal is null)
        {
            attachments.Add(new()
            {
                Network = network,
                Aliases = wish.Aliases,
                Addresses = addresses,
                DriverAttachmentOpts = wish.DriverAttachmentOpts,
            });
        }
        return refusal;
    }
}
