using System.Net;
using Skep.Agent.Network.Addresses;
using Skep.Agent.Network.Kernel;
using Skep.Linux.Namespaces;
using Skep.Linux.Netlink;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <content>Start, and the end of an installation: the kernel is made to agree with what is written.</content>
public sealed partial class NetworkEngine
{
    /// <summary>
    /// Loads the networks and puts the kernel in order: keeps the sandboxes of running containers, removes everything
    /// else that carries this instance's mark.
    /// </summary>
    /// <param name="aliveContainerIds">Containers that run.</param>
    public async Task StartAsync(IReadOnlyCollection<string> aliveContainerIds, CancellationToken stop)
    {
        await path.BeginAsync(stop);
        await ChangeAsync(() => Start_NeedsLock([.. aliveContainerIds]), stop);
        foreach (SandboxRecord sandbox in sandboxes.Values)
        {
            await OpenServicesAsync(sandbox, stop);
        }

        foreach (SandboxRecord sandbox in sandboxes.Values.Where(s => s.HasResolver))
        {
            string containerId = sandbox.Request.ContainerId;
            using SandboxSpace space = SandboxSpace.Enter(files.NamespaceOf(containerId), hasResolver: true);
            ServeNames(containerId, space);
        }
    }

    /// <summary>
    /// Removes everything of this instance from the kernel. For the end of an installation, not of a process.
    /// </summary>
    public async Task ShutdownAsync(CancellationToken stop)
    {
        foreach (string containerId in sandboxes.Keys)
        {
            await CloseAsync(containerId, stop);
        }

        await path.Mesh.RemoveAsync(stop);
        await path.Overlays.RemoveEncryptionAsync(stop);
        await ChangeAsync(
            () =>
            {
                foreach (NetworkRecord network in BridgeNetworks)
                {
                    RemoveBridge(network);
                }

                RemoveStrayLinks();
                kernel.Apply(Firewall.Remove(instance.Name));
                kernel.ForgetHostFilter(names);
                return true;
            },
            stop);
    }

    private bool Start_NeedsLock(HashSet<string> alive)
    {
        files.MakeDirectories();
        foreach (NetworkRecord network in files.LoadNetworks())
        {
            networks = networks.SetItem(network.Id, network);
            addresses.Add(network);
        }

        AddPredefined_NeedsLock();
        foreach (NetworkRecord overlay in files.LoadOverlays())
        {
            networks = networks.SetItem(overlay.Id, overlay);
        }

        foreach (SandboxRecord sandbox in files.LoadSandboxes())
        {
            if (alive.Contains(sandbox.Request.ContainerId) && IsWhole(sandbox))
            {
                Adopt_NeedsLock(sandbox);
            }
            else
            {
                files.RemoveSandbox(sandbox.Request.ContainerId);
            }
        }

        path.Overlays.Adopt(
            [.. networks.Values.Where(n => n is { IsOverlay: true, IsIngress: false } && IsInUse(n.Id))]);
        foreach (NetworkRecord overlay in networks.Values.Where(n => n.IsOverlay))
        {
            ForgetUnused_NeedsLock(overlay.Id);
        }

        foreach (string containerId in files.ListNamespaces().Where(id => !sandboxes.ContainsKey(id)))
        {
            NetworkNamespace.Remove(files.NamespaceOf(containerId));
        }

        kernel.Carry(DecideLinks());
        ReplaceTable_NeedsLock();
        kernel.PassHostFilter(names);
        EnableForwarding(BridgeNetworks.Any(n => n.EnableIPv6));
        foreach (string id in networks.Keys)
        {
            RebuildNames_NeedsLock(id);
        }

        return true;
    }

    private LinkPlan DecideLinks() => LinkPlan.Decide(
        kernel.Links(),
        kernel.Addresses(),
        [.. BridgeNetworks.Select(WantedBridgeOf)],
        [
            .. sandboxes.Values.SelectMany(s => s.Endpoints)
                .Where(e => e.OuterLink.Length > 0 && !NetworkOf(e.NetworkId).IsOverlay).Select(e => e.OuterLink),
        ],
        names);

    private void RemoveStrayLinks()
    {
        foreach (Link link in kernel.Links().Where(l => names.IsOurs(l.Name)))
        {
            kernel.RemoveLink(link.Name);
        }
    }

    /// <summary>The namespace is still there and so are all its networks.</summary>
    private bool IsWhole(SandboxRecord sandbox) =>
        sandbox.Endpoints.All(e => networks.ContainsKey(e.NetworkId))
        && (sandbox.Endpoints.Any(e => NetworkOf(e.NetworkId).Driver == NetworkRecord.Host)
            || NetworkNamespace.IsMounted(files.NamespaceOf(sandbox.Request.ContainerId)));

    private void Adopt_NeedsLock(SandboxRecord sandbox)
    {
        sandboxes = sandboxes.SetItem(sandbox.Request.ContainerId, sandbox);
        foreach (EndpointRecord endpoint in sandbox.Endpoints.Where(e => !NetworkOf(e.NetworkId).IsOverlay))
        {
            foreach (IPAddress address in endpoint.Addresses())
            {
                addresses.Adopt(NetworkOf(endpoint.NetworkId), address);
            }
        }

        if (EndpointRules.FindGateway(sandbox.Endpoints, NetworkOf) is { } gateway)
        {
            ports.Adopt(sandbox.Ports, TargetOf(sandbox, gateway));
        }
    }

    /// <summary>
    /// Makes bridge, host and none if they are not there, and the default bridge again if its options changed.
    /// </summary>
    private void AddPredefined_NeedsLock()
    {
        foreach ((string name, string driver) in new[] { ("host", NetworkRecord.Host), ("none", NetworkRecord.Null) })
        {
            if (networks.Values.All(n => n.Name != name))
            {
                Keep_NeedsLock(new NetworkRecord
                {
                    Id = ids.NewHex(), Name = name, Created = time.GetUtcNow(), Driver = driver,
                });
            }
        }

        NetworkRecord? old = networks.Values.FirstOrDefault(n => n.IsDefaultBridge);
        NetworkRecord wanted = DefaultBridge(old);
        if (old is not null)
        {
            networks = networks.Remove(old.Id);
            addresses.Remove(old);
        }

        Keep_NeedsLock(wanted);
    }

    private void Keep_NeedsLock(NetworkRecord network)
    {
        files.Save(network);
        networks = networks.SetItem(network.Id, network);
        addresses.Add(network);
    }

    /// <summary>
    /// The default bridge as the options want it, with the id and, if they leave it open, the subnet it had.
    /// </summary>
    private NetworkRecord DefaultBridge(NetworkRecord? old)
    {
        string link = options.DefaultBridgeName ?? names.DefaultBridge;
        return new NetworkRecord
        {
            Id = old?.Id ?? ids.NewHex(),
            Name = "bridge",
            Created = old?.Created ?? time.GetUtcNow(),
            Driver = NetworkRecord.Bridge,
            LinkName = link,
            IsLinkForeign = options.DefaultBridgeName is not null,
            Subnets = [DefaultSubnet(old)],
            Options = new Dictionary<string, string>
            {
                [BridgeOptions.DefaultBridgeKey] = "true",
                [BridgeOptions.BetweenContainersKey] = "true",
                [BridgeOptions.MasqueradeKey] = "true",
                [BridgeOptions.PublishAddressKey] = options.DefaultPublishAddress.ToString(),
                [BridgeOptions.NameKey] = link,
                [BridgeOptions.MtuKey] = options.Mtu.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };
    }

    private SubnetRecord DefaultSubnet(NetworkRecord? old)
    {
        if (options.DefaultBridgeAddress is { } text)
        {
            return Subnet.TryParse(text, out Subnet chosen, out IPAddress? gateway) && !gateway.Equals(chosen.Network)
                ? new SubnetRecord
                {
                    Range = chosen, Gateway = gateway, IsChosenByUser = true, IsGatewayChosenByUser = true,
                }
                : throw new RefusedException(ErrorKind.Invalid, $"invalid CIDR address of the default bridge: {text}");
        }

        if (old?.IPv4 is { IsChosenByUser: false } kept)
        {
            return kept;
        }

        Subnet[] used = [.. networks.Values.Where(n => n != old).SelectMany(n => n.Subnets).Select(s => s.Range)];
        return NetworkRequests.FromPool(pools, isIPv4: true, [.. used, .. ReservedByHost()]);
    }
}
