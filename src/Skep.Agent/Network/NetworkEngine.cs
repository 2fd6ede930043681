#pragma warning disable CS9113 // The bodies follow.
using Skep.Agent.Events;
using Skep.Docker.Engine;
using Skep.Docker.Filters;
using Skep.Swarm;

namespace Skep.Agent.Network;

/// <summary>Networks of this machine and the containers' places on them.</summary>
/// <remarks>Thread-safe. Changes happen one at a time; lists and inspections do not wait for them.</remarks>
public sealed partial class NetworkEngine(
    Instance instance, NetworkOptions options, IdSource ids, TimeProvider time, EventHub events) : IAsyncDisposable
{
    /// <summary>
    /// Loads the networks and puts the kernel in order: keeps the sandboxes of running containers, removes everything
    /// else that carries this instance's mark.
    /// </summary>
    /// <param name="aliveContainerIds">Containers that run.</param>
    public Task StartAsync(IReadOnlyCollection<string> aliveContainerIds, CancellationToken stop) =>
        throw new NotImplementedException();

    /// <summary>Makes a container's network namespace and everything that leads to it.</summary>
    /// <exception cref="RefusedException">An unknown network, no address left, a port that is taken.</exception>
    public Task<Sandbox> OpenAsync(SandboxRequest request, CancellationToken stop) =>
        throw new NotImplementedException();

    /// <summary>Removes it. No error if there is none.</summary>
    public Task CloseAsync(string containerId, CancellationToken stop) => throw new NotImplementedException();

    /// <summary>The sandbox of a container, or null if it has none.</summary>
    public Sandbox? FindSandbox(string containerId) => throw new NotImplementedException();

    /// <summary>Puts a running container on one more network.</summary>
    /// <returns>The sandbox as it is now.</returns>
    public Task<Sandbox> ConnectAsync(
        string containerId, string network, EndpointSettings? settings, CancellationToken stop) =>
        throw new NotImplementedException();

    /// <summary>Takes a running container off a network.</summary>
    public Task<Sandbox> DisconnectAsync(string containerId, string network, CancellationToken stop) =>
        throw new NotImplementedException();

    /// <summary>A container got a new name: others find it by that from now on.</summary>
    public Task RenameAsync(string containerId, string newName, CancellationToken stop) =>
        throw new NotImplementedException();

    public Task<CreateNetworkResponse> CreateAsync(CreateNetworkRequest request, CancellationToken stop) =>
        throw new NotImplementedException();

    public Task RemoveAsync(string nameOrId, CancellationToken stop) => throw new NotImplementedException();

    /// <summary>One network with the containers on it.</summary>
    /// <exception cref="RefusedException">"network x not found", or the prefix is ambiguous.</exception>
    public NetworkInspect Inspect(string nameOrId) => throw new NotImplementedException();

    /// <summary>Networks that match, without their containers unless "dangling" needs them.</summary>
    public IReadOnlyList<NetworkInspect> List(Filters filters) => throw new NotImplementedException();

    /// <summary>Removes networks of users that nobody is on. Filters: until, label, label!.</summary>
    public Task<NetworksPruned> PruneAsync(Filters filters, CancellationToken stop) =>
        throw new NotImplementedException();

    /// <summary>Removes everything of this instance from the kernel. For the end of an installation, not of a process.</summary>
    public Task ShutdownAsync(CancellationToken stop) => throw new NotImplementedException();

    /// <summary>Closes this process's sockets; the kernel's state stays, for containers go on.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
