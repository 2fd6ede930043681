using Google.Protobuf;
using Skep.Transport.Rpc;

namespace Skep.Agent.Containerd;

/// <summary>One containerd, seen through one of its namespaces. Thread-safe; owns its channel.</summary>
public sealed class ContainerdClient : IDisposable
{
    private readonly RpcChannel channel;

    /// <param name="socketPath">containerd's gRPC socket.</param>
    /// <param name="ns">containerd namespace that every call works in.</param>
    public ContainerdClient(string socketPath, string ns)
    {
        SocketPath = socketPath;
        Namespace = ns;
        channel = RpcChannel.ToUnixSocket(socketPath, ("containerd-namespace", ns));
    }

    public string SocketPath { get; }

    public string Namespace { get; }

    /// <summary>The snapshotter that holds image layers and container file systems.</summary>
    public string Snapshotter { get; init; } = "overlayfs";

    /// <exception cref="RpcException">containerd refused, or is away (<see cref="RpcStatus.Unavailable"/>).</exception>
    internal Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken stop,
        string? lease = null)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        channel.CallAsync(method, request, stop, LeaseHeader(lease));

    internal IAsyncEnumerable<TResponse> ReadStreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken stop)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        channel.ReadStreamAsync(method, request, stop);

    internal RpcDuplex<TRequest, TResponse> Open<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, CancellationToken stop, string? lease = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        channel.Open(method, stop, LeaseHeader(lease));

    public void Dispose() => channel.Dispose();

    // What a call makes is kept from garbage collection as long as the lease lives.
    private static (string, string)[] LeaseHeader(string? lease) =>
        lease is null ? [] : [("containerd-lease", lease)];
}
