using Skep.Agent.Network;
using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Agent.Containers;

// A container's places on networks, changed while it runs or for its next start.
public sealed partial class ContainerEngine
{
    /// <param name="network">Name, id or the beginning of an id.</param>
    public async Task ConnectAsync(
        string idOrName, string network, EndpointSettings? settings, CancellationToken stop)
    {
        Container container = Find(idOrName);
        if (IsShared(container.Record, network, settings))
        {
            await WithGateAsync(
                container, () => ConnectSharedAsync(container, new WantedEndpoint(network, settings), stop), stop);
            return;
        }

        NetworkInspect target = parts.Networks.Inspect(network);
        await WithGateAsync(
            container,
            async () =>
            {
                ContainerRecord record = container.Record;
                CheckMayChangeNetworks(record);
                if (IsOn(record, target))
                {
                    throw new RefusedException(
                        ErrorKind.Forbidden,
                        $"endpoint with name {record.Name} already exists in network {target.Name}");
                }

                if (record.IsAlive)
                {
                    Refresh(record, await parts.Networks.ConnectAsync(record.Id, target.Id, settings, stop));
                }
                else
                {
                    parts.Networks.ValidateEndpoint(target.Id, settings ?? new EndpointSettings());
                }

                Save(container, container.Record with
                {
                    Endpoints = [.. container.Record.Endpoints, new WantedEndpoint(target.Name, settings)],
                });
            },
            stop);
    }

    /// <param name="force">A container that is gone is no error.</param>
    public async Task DisconnectAsync(string idOrName, string network, bool force, CancellationToken stop)
    {
        Container container = Find(idOrName);
        NetworkInspect target = TargetOf(container.Record, network);
        await WithGateAsync(
            container,
            async () =>
            {
                ContainerRecord record = container.Record;
                CheckMayChangeNetworks(record);
                if (!IsOn(record, target) && !force)
                {
                    throw new RefusedException(
                        ErrorKind.Forbidden,
                        $"container {record.Id} is not connected to network {target.Name}");
                }

                if (record.IsAlive && IsOn(record, target))
                {
                    Refresh(record, await parts.Networks.DisconnectAsync(record.Id, target.Id, stop));
                    await DetachAsync(record, target, stop);
                }

                Save(container, container.Record with
                {
                    Endpoints = [.. record.Endpoints.Where(one => !IsFor(one, target))],
                });
            },
            stop);
    }

    private async Task ConnectSharedAsync(Container container, WantedEndpoint wanted, CancellationToken stop)
    {
        ContainerRecord record = container.Record;
        CheckMayChangeNetworks(record);
        if (record.Endpoints.Any(other => other.Network == wanted.Network))
        {
            throw new RefusedException(
                ErrorKind.Forbidden,
                $"endpoint with name {record.Name} already exists in network {wanted.Network}");
        }

        if (record.IsAlive)
        {
            Refresh(record, await ConnectSharedAsync(record, wanted, stop));
        }

        Save(container, container.Record with { Endpoints = [.. container.Record.Endpoints, wanted] });
    }

    // A network of the swarm is unknown here while no container runs on it; one that is stopped names it all the same.
    private NetworkInspect TargetOf(ContainerRecord record, string network)
    {
        try
        {
            return parts.Networks.Inspect(network);
        }
        catch (RefusedException refused) when (refused.Kind == ErrorKind.NotFound && !record.IsAlive
            && record.Endpoints.Any(endpoint => endpoint.Network == network))
        {
            return new NetworkInspect
            {
                Name = network,
                Id = network,
                Created = default,
                Scope = "swarm",
                Driver = NetworkRecord.Overlay,
                Ipam = new Ipam(),
                Options = new Dictionary<string, string>(),
                Labels = new Dictionary<string, string>(),
            };
        }
    }

    private async Task DetachAsync(ContainerRecord record, NetworkInspect target, CancellationToken stop)
    {
        foreach (WantedEndpoint wanted in record.Endpoints.Where(endpoint => IsFor(endpoint, target)))
        {
            await DetachAsync(record, target.Id, wanted.Network, stop);
        }
    }

    private static bool IsOn(ContainerRecord record, NetworkInspect network) =>
        record.Endpoints.Any(endpoint => IsFor(endpoint, network));

    private static bool IsFor(WantedEndpoint endpoint, NetworkInspect network) =>
        endpoint.Network == network.Name
        || (endpoint.Network.Length > 0 && network.Id.StartsWith(endpoint.Network, StringComparison.Ordinal));

    private static void CheckMayChangeNetworks(ContainerRecord record)
    {
        string mode = record.HostConfig.NetworkMode;
        if (mode == "host")
        {
            throw new RefusedException(
                ErrorKind.Invalid, "container cannot be disconnected from host network or connected to host network");
        }

        if (NamespaceModes.ContainerOf(mode) is not null)
        {
            throw new RefusedException(
                ErrorKind.Invalid, "container sharing network namespace with another container or host cannot be "
                + "connected to any other network");
        }
    }

    // The running container sees its new names at once.
    private void Refresh(ContainerRecord record, Sandbox sandbox) =>
        NameFiles.Rewrite(store.DirectoryOf(record.Id), record, sandbox, HostGateway);
}
