using Skep.Agent.Network;
using Skep.Agent.Network.Overlay;
using Skep.Agent.Networks;
using Skep.Agent.Tasks;
using Skep.Docker.Engine;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Agent.Containers;

// Places on networks of the swarm for containers that are no tasks: asked of the managers at every start.
public sealed partial class ContainerEngine
{
    /// <summary>Where places on networks of the swarm come from; null: this daemon has no part in swarms.</summary>
    public SwarmAttachments? Attachments { get; set; }

    private const int ShortId = 12;

    private static bool IsOfTask(ContainerRecord record) =>
        record.Config.Labels?.ContainsKey(TaskLabels.TaskId) == true;

    /// <summary>The endpoints of a container that is about to start, with the swarm's addresses filled in.</summary>
    private async Task<IReadOnlyList<KeyValuePair<string, EndpointSettings?>>> PlacesAsync(
        ContainerRecord record, CancellationToken stop)
    {
        var places = new List<KeyValuePair<string, EndpointSettings?>>();
        try
        {
            foreach (WantedEndpoint wanted in record.Endpoints)
            {
                (string Name, EndpointSettings? Settings) place = IsShared(record, wanted.Network, wanted.Settings)
                    ? await AttachAsync(record, wanted, stop)
                    : (wanted.Network, wanted.Settings);
                places.Add(KeyValuePair.Create(place.Name, place.Settings));
            }
        }
        catch
        {
            await GivePlacesBackAsync(record, stop);
            throw;
        }

        return places;
    }

    /// <summary>Whether the managers have to be asked for a place there.</summary>
    private bool IsShared(ContainerRecord record, string network, EndpointSettings? settings)
    {
        if (Attachments is not { Managers: not null } || IsOfTask(record))
        {
            return false;
        }

        try
        {
            return parts.Networks.Find(EndpointRules.NetworkOf(network, settings)).IsOverlay;
        }
        catch (RefusedException refused) when (refused.Kind == ErrorKind.NotFound)
        {
            return true; // No container of this machine is on it yet: the managers may know it.
        }
    }

    private async Task<(string Name, EndpointSettings Settings)> AttachAsync(
        ContainerRecord record, WantedEndpoint wanted, CancellationToken stop)
    {
        EndpointSettings settings = wanted.Settings ?? new EndpointSettings();
        var wish = new NetworkAttachmentConfig
        {
            Target = EndpointRules.NetworkOf(wanted.Network, settings),
            Addresses =
            [
                .. new[] { settings.IpamConfig?.IPv4Address, settings.IpamConfig?.IPv6Address }
                    .Where(address => !string.IsNullOrEmpty(address)).OfType<string>(),
            ],
            Aliases = [record.Name, .. settings.Aliases ?? [], record.Id[..ShortId]],
        };
        NetworkAttachment place = await Attachments!.AttachAsync(wish, record.Id, stop);
        SwarmNetwork network = place.Network
            ?? throw new RefusedException(ErrorKind.Failed, $"the managers gave no network {wanted.Network}");
        await parts.Networks.LearnAsync(UserOf(record, wanted.Network), [OverlayRecords.From(network)], stop);
        EndpointSettings given = TaskNetworks.Settings(place, network);
        return (network.Spec.Annotations.Name, settings with
        {
            NetworkId = given.NetworkId,
            IpamConfig = given.IpamConfig,
        });
    }

    /// <summary>After the end of a run, or one that did not begin. No error if there are none.</summary>
    private async Task GivePlacesBackAsync(ContainerRecord record, CancellationToken stop)
    {
        if (Attachments is null || IsOfTask(record))
        {
            return;
        }

        await Attachments.DetachAllAsync(record.Id, stop);
        foreach (WantedEndpoint wanted in record.Endpoints)
        {
            await parts.Networks.ForgetAsync(UserOf(record, wanted.Network), stop);
        }
    }

    /// <summary>Puts a running container on a network of the swarm.</summary>
    private async Task<Sandbox> ConnectSharedAsync(
        ContainerRecord record, WantedEndpoint wanted, CancellationToken stop)
    {
        (string _, EndpointSettings settings) = await AttachAsync(record, wanted, stop);
        try
        {
            return await parts.Networks.ConnectAsync(record.Id, settings.NetworkId, settings, stop);
        }
        catch
        {
            await DetachAsync(record, settings.NetworkId, wanted.Network, stop);
            throw;
        }
    }

    private async Task DetachAsync(
        ContainerRecord record, string networkId, string wanted, CancellationToken stop)
    {
        if (Attachments is not null && !IsOfTask(record))
        {
            await Attachments.DetachAsync(networkId, record.Id, stop);
            await parts.Networks.ForgetAsync(UserOf(record, wanted), stop);
        }
    }

    private static string UserOf(ContainerRecord record, string network) => $"{record.Id}/{network}";
}
