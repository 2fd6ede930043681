using Skep.Agent.Network.Kernel;
using Skep.Docker.Engine;
using Skep.Linux;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <content>Running containers that join and leave networks, or get a new name.</content>
public sealed partial class NetworkEngine
{
    /// <summary>Puts a running container on one more network.</summary>
    /// <returns>The sandbox as it is now; its resolv.conf may have changed.</returns>
    /// <exception cref="RefusedException">It is on it already, shares the host's network, or nothing can be
    /// given.</exception>
    public async Task<Sandbox> ConnectAsync(
        string containerId, string network, EndpointSettings? settings, CancellationToken stop)
    {
        SandboxRecord sandbox = SandboxOf(containerId);
        NetworkRecord joined = Find(network);
        RefuseSpecialNetworks(sandbox, joined);
        using SandboxSpace space = SandboxSpace.Enter(
            files.NamespaceOf(containerId), hasResolver: !joined.IsPredefined && !sandbox.HasResolver);
        SandboxRecord changed;
        try
        {
            changed = await ChangeAsync(() => Connect_NeedsLock(containerId, joined, settings ?? new(), space), stop);
        }
        catch
        {
            space.CloseResolver();
            throw;
        }

        await OpenServicesAsync(changed, CancellationToken.None);
        ServeNames(containerId, space);
        Publish("connect", joined, containerId);
        return View(changed);
    }

    /// <summary>Takes a running container off a network.</summary>
    /// <returns>The sandbox as it is now.</returns>
    public async Task<Sandbox> DisconnectAsync(string containerId, string network, CancellationToken stop)
    {
        SandboxRecord sandbox = SandboxOf(containerId);
        NetworkRecord left = Find(network);
        if (left.Driver == NetworkRecord.Host)
        {
            throw new RefusedException(
                ErrorKind.Invalid, "container cannot be disconnected from host network or connected to host network");
        }

        using SandboxSpace? space = sandbox.Endpoints.Any(e => e.OuterLink.Length > 0)
            ? SandboxSpace.Enter(files.NamespaceOf(containerId), hasResolver: false)
            : null;
        SandboxRecord changed = await ChangeAsync(() => Disconnect_NeedsLock(containerId, left, space), stop);
        await OpenServicesAsync(changed, CancellationToken.None);
        Publish("disconnect", left, containerId);
        return View(changed);
    }

    /// <summary>A container got a new name: others find it by that from now on. No error if it does not run.</summary>
    public async Task RenameAsync(string containerId, string newName, CancellationToken stop) =>
        await ChangeAsync(
            () =>
            {
                if (sandboxes.TryGetValue(containerId, out SandboxRecord? sandbox))
                {
                    SandboxRecord renamed = sandbox with { Request = sandbox.Request with { Name = newName } };
                    files.Save(renamed);
                    Enter_NeedsLock(renamed);
                }

                return true;
            },
            stop);

    private SandboxRecord Connect_NeedsLock(
        string containerId, NetworkRecord network, EndpointSettings settings, SandboxSpace space)
    {
        SandboxRecord old = SandboxOf(containerId);
        EndpointRecord? oldGateway = EndpointRules.FindGateway(old.Endpoints, NetworkOf);
        EndpointRecord endpoint;
        try
        {
            if (network.EnableIPv6)
            {
                SandboxSpace.EnableIPv6ForNewLinks(files.NamespaceOf(containerId));
            }

            endpoint = Attach_NeedsLock(old, network, settings, space);
        }
        catch (ErrnoException e)
        {
            throw new RefusedException(ErrorKind.Failed, $"failed to connect {network.Name}: {e.Message}", e);
        }

        SandboxRecord changed = old with
        {
            Endpoints = [.. old.Endpoints, endpoint],
            HasResolver = old.HasResolver || space.Resolver is not null,
        };
        try
        {
            changed = AdjustWayOut_NeedsLock(changed, space);
            changed = MoveGateway_NeedsLock(old, changed, oldGateway, space);
            files.Save(changed);
        }
        catch (Exception e) when (e is ErrnoException or RefusedException or IOException)
        {
            Detach_NeedsLock(endpoint);
            MoveGateway_NeedsLock(changed, old, EndpointRules.FindGateway(changed.Endpoints, NetworkOf), space);
            throw new RefusedException(ErrorKind.Failed, $"failed to connect {network.Name}: {e.Message}", e);
        }

        Enter_NeedsLock(changed);
        return changed;
    }

    private SandboxRecord Disconnect_NeedsLock(string containerId, NetworkRecord network, SandboxSpace? space)
    {
        SandboxRecord old = SandboxOf(containerId);
        EndpointRecord leaving = old.Endpoints.FirstOrDefault(e => e.NetworkId == network.Id && !e.IsHidden)
            ?? throw new RefusedException(
                ErrorKind.Failed, $"container {containerId} is not connected to network {network.Name}");
        EndpointRecord? oldGateway = EndpointRules.FindGateway(old.Endpoints, NetworkOf);
        SandboxRecord changed = old with { Endpoints = [.. old.Endpoints.Where(e => e != leaving)] };
        Detach_NeedsLock(leaving);
        changed = AdjustWayOut_NeedsLock(changed, space);
        changed = MoveGateway_NeedsLock(old, changed, oldGateway, space);
        files.Save(changed);
        Enter_NeedsLock(changed);
        RebuildNames_NeedsLock(network.Id);
        ForgetUnused_NeedsLock(network.Id);
        return changed;
    }

    /// <summary>When another endpoint leads out now, the default route and the published ports go there.</summary>
    private SandboxRecord MoveGateway_NeedsLock(
        SandboxRecord old, SandboxRecord changed, EndpointRecord? oldGateway, SandboxSpace? space)
    {
        EndpointRecord? gateway = EndpointRules.FindGateway(changed.Endpoints, NetworkOf);
        if (gateway?.EndpointId == oldGateway?.EndpointId)
        {
            return changed;
        }

        UnpublishPorts_NeedsLock(old);
        SetGateway(space, oldGateway, gateway);
        LeadDatagrams_NeedsLock(changed);
        return PublishPorts_NeedsLock(changed with { Ports = [] });
    }

    private SandboxRecord SandboxOf(string containerId) =>
        sandboxes.TryGetValue(containerId, out SandboxRecord? found)
            ? found
            : throw new RefusedException(ErrorKind.NotFound, $"network sandbox for container {containerId} not found");

    private void RefuseSpecialNetworks(SandboxRecord sandbox, NetworkRecord joined)
    {
        if (sandbox.Endpoints.Any(e => NetworkOf(e.NetworkId).Driver == NetworkRecord.Host))
        {
            throw new RefusedException(
                ErrorKind.Conflict,
                "container sharing network namespace with another container or host cannot be connected to any other "
                + "network");
        }

        if (joined.Driver == NetworkRecord.Host)
        {
            throw new RefusedException(
                ErrorKind.Invalid, "container cannot be disconnected from host network or connected to host network");
        }

        if (joined.Driver == NetworkRecord.Null
            || sandbox.Endpoints.Any(e => NetworkOf(e.NetworkId).Driver == NetworkRecord.Null))
        {
            throw new RefusedException(
                ErrorKind.Invalid,
                "container cannot be connected to multiple networks with one of the networks in private (none) mode");
        }
    }
}
