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

    /// <summary>What a task gets, or why it gets nothing yet.</summary>
    public static bool TryMake(
        StoreReader store,
        Service? service,
        ValueList<NetworkAttachmentConfig> wishes,
        out ValueList<NetworkAttachment> made,
        [NotNullWhen(false)] out string? missing)
    {
        var attachments = new List<NetworkAttachment>();
        made = [];
        missing = null;
        if (service is not null && NeedsIngress(service.Spec))
        {
            // The routing mesh needs addresses on a network of its own, and there is none to have them from.
            missing = "ingress network is missing: ports are published in host mode only";
            return false;
        }
        foreach (NetworkAttachmentConfig wish in wishes)
        {
            if (Find(store, wish.Target) is not { } network)
            {
                missing = $"network {wish.Target} not found";
                return false;
            }
            if (!LocalNetworks.IsLocal(network) || network.DriverState is null)
            {
                missing = $"network {network.Spec.Annotations.Name} attached to task not allocated yet";
                return false;
            }
            attachments.Add(new()
            {
                Network = network,
                Aliases = wish.Aliases,
                Addresses = wish.Addresses,
                DriverAttachmentOpts = wish.DriverAttachmentOpts,
            });
        }
        made = ValueList.From(attachments);
        return true;
    }
}
