using Skep.Agent.Network.Kernel;
using Skep.Docker.Engine;
using Skep.Linux;
using Skep.Linux.Namespaces;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <content>Sandboxes: what a container gets when it starts and gives back when it ends.</content>
public sealed partial class NetworkEngine
{
    /// <summary>Makes a container's network namespace and everything that leads to it.</summary>
    /// <exception cref="RefusedException">An unknown network, no address left, a port that is taken.</exception>
    public async Task<Sandbox> OpenAsync(SandboxRequest request, CancellationToken stop)
    {
        await CloseAsync(request.ContainerId, stop);
        NetworkRecord[] wanted = [.. request.Endpoints.Select(e => Find(EndpointRules.NetworkOf(e.Key, e.Value)))];
        bool isOnHost = Array.Exists(wanted, n => n.Driver == NetworkRecord.Host);
        SandboxRecord opened = isOnHost
            ? await ChangeAsync(() => Open_NeedsLock(request, space: null), stop)
            : await OpenNamespaceAsync(request, wanted, stop);
        foreach (EndpointRecord endpoint in opened.Endpoints.Where(e => !e.IsHidden))
        {
            Publish("connect", NetworkOf(endpoint.NetworkId), request.ContainerId);
        }

        return View(opened);
    }

    /// <summary>Removes it. No error if there is none.</summary>
    public async Task CloseAsync(string containerId, CancellationToken stop)
    {
        SandboxRecord? closed = await ChangeAsync(() => Withdraw_NeedsLock(containerId), stop);
        if (closed is null)
        {
            return;
        }

        // Nothing leads here any more. The kernel takes long over a link, so others need not wait for it; the addresses
        // are given back only when nothing can answer for them.
        await nameServer.StopAsync(containerId);
        await path.Addresses.CloseAsync(containerId, CancellationToken.None);
        await removals.DoAsync(closed);
        await ChangeAsync(() => Release_NeedsLock(closed), CancellationToken.None);
        foreach (EndpointRecord endpoint in closed.Endpoints.Where(e => !e.IsHidden))
        {
            if (networks.TryGetValue(endpoint.NetworkId, out NetworkRecord? network))
            {
                Publish("disconnect", network, containerId);
            }
        }
    }

    /// <summary>The sandbox of a container, or null if it has none.</summary>
    public Sandbox? FindSandbox(string containerId) =>
        sandboxes.TryGetValue(containerId, out SandboxRecord? found) ? View(found) : null;

    private Sandbox View(SandboxRecord sandbox) =>
        SandboxViews.Sandbox(sandbox, networks, files, hostResolver.Read().With(options, sandbox.Request), sandboxes);

    private async Task<SandboxRecord> OpenNamespaceAsync(
        SandboxRequest request, NetworkRecord[] wanted, CancellationToken stop)
    {
        string path = files.NamespaceOf(request.ContainerId);
        using SandboxSpace space = SandboxSpace.Create(
            path,
            hasIPv6: Array.Exists(wanted, n => n.EnableIPv6),
            hasResolver: Array.Exists(wanted, n => !n.IsPredefined));
        try
        {
            SandboxRecord opened = await ChangeAsync(() => Open_NeedsLock(request, space), stop);
            await OpenServicesAsync(opened, CancellationToken.None);
            ServeNames(request.ContainerId, space);
            return opened;
        }
        catch
        {
            space.CloseResolver();
            NetworkNamespace.Remove(path);
            throw;
        }
    }

    private void ServeNames(string containerId, SandboxSpace space)
    {
        if (space.Resolver is { } resolver)
        {
            nameServer.Serve(containerId, resolver.Udp, resolver.Tcp);
        }
    }

    /// <param name="space">Null: the container lives in the host's namespace.</param>
    private SandboxRecord Open_NeedsLock(SandboxRequest request, SandboxSpace? space)
    {
        var sandbox = new SandboxRecord
        {
            SandboxId = ids.NewHex(),
            Request = request,
            HasResolver = space?.Resolver is not null,
        };
        try
        {
            NetworkRecord[] wanted = [.. request.Endpoints.Select(e => Find(EndpointRules.NetworkOf(e.Key, e.Value)))];
            foreach ((NetworkRecord network, EndpointSettings? settings) in
                wanted.Zip(request.Endpoints.Select(e => e.Value)))
            {
                EndpointRecord endpoint = Attach_NeedsLock(sandbox, network, settings ?? new(), space);
                sandbox = sandbox with { Endpoints = [.. sandbox.Endpoints, endpoint] };
                sandbox = space is null ? sandbox : AddWayOut_NeedsLock(sandbox, wanted, space);
            }

            SetGateway(space, null, EndpointRules.FindGateway(sandbox.Endpoints, NetworkOf));
            LeadDatagrams_NeedsLock(sandbox);
            sandbox = PublishPorts_NeedsLock(sandbox);
            files.Save(sandbox);
        }
        catch (Exception e) when (e is ErrnoException or RefusedException or IOException)
        {
            Undo_NeedsLock(sandbox);
            throw e is RefusedException ? e : new RefusedException(
                ErrorKind.Failed, $"failed to set up container networking: {e.Message}", e);
        }

        Enter_NeedsLock(sandbox);
        return sandbox;
    }

    private void Enter_NeedsLock(SandboxRecord sandbox)
    {
        sandboxes = sandboxes.SetItem(sandbox.Request.ContainerId, sandbox);
        foreach (EndpointRecord endpoint in sandbox.Endpoints)
        {
            RebuildNames_NeedsLock(endpoint.NetworkId);
        }
    }

    /// <summary>Takes a sandbox out of the snapshot, the table and the ports. Null: there is none.</summary>
    private SandboxRecord? Withdraw_NeedsLock(string containerId)
    {
        if (!sandboxes.TryGetValue(containerId, out SandboxRecord? sandbox))
        {
            return null;
        }

        sandboxes = sandboxes.Remove(containerId);
        foreach (EndpointRecord endpoint in sandbox.Endpoints)
        {
            RebuildNames_NeedsLock(endpoint.NetworkId);
        }

        UnpublishPorts_NeedsLock(sandbox);
        return sandbox;
    }

    private void RemoveFromKernel(IReadOnlyList<SandboxRecord> closed)
    {
        RemovePairs(closed.SelectMany(static sandbox => sandbox.Endpoints));
        foreach (SandboxRecord sandbox in closed)
        {
            NetworkNamespace.Remove(files.NamespaceOf(sandbox.Request.ContainerId));
        }
    }

    private bool Release_NeedsLock(SandboxRecord sandbox)
    {
        foreach (EndpointRecord endpoint in sandbox.Endpoints)
        {
            addresses.Release(endpoint.NetworkId, endpoint.IPv4);
            addresses.Release(endpoint.NetworkId, endpoint.IPv6);
            ForgetUnused_NeedsLock(endpoint.NetworkId);
        }

        // A container that was started again in between has a new file already.
        if (!sandboxes.ContainsKey(sandbox.Request.ContainerId))
        {
            files.RemoveSandbox(sandbox.Request.ContainerId);
        }

        return true;
    }

    private void Undo_NeedsLock(SandboxRecord sandbox)
    {
        UnpublishPorts_NeedsLock(sandbox);
        foreach (EndpointRecord endpoint in sandbox.Endpoints)
        {
            Detach_NeedsLock(endpoint);
            ForgetUnused_NeedsLock(endpoint.NetworkId);
        }

        files.RemoveSandbox(sandbox.Request.ContainerId);
    }
}
