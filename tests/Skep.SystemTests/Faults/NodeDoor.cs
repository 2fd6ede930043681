using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.SystemTests.Hosts;
using Skep.Transport.Identity;
using Skep.Transport.Rpc;

namespace Skep.SystemTests.Faults;

/// <summary>A test that speaks with a manager as nodes do, on the port that is open to everybody.</summary>
internal sealed class NodeDoor : IAsyncDisposable
{
    private static readonly CancellationToken never = CancellationToken.None;

    private readonly Doorway doorway;
    private readonly List<RpcChannel> channels = [];

    public NodeDoor(TestHost manager) => doorway = manager.OpenDoorway(2377);

    /// <summary>Becomes a node of the swarm by a token, as the test's own.</summary>
    public async Task<NodeCredentials> JoinAsync(string token)
    {
        var requests = new CertificateRequests(() => [doorway.Address], TimeProvider.System, Log.None);
        IssuedIdentity issued = await requests.JoinAsync(JoinToken.Parse(token), NodeAvailability.Active, never);
        return new NodeCredentials(issued.Certificate, issued.Trust, TimeProvider.System);
    }

    /// <summary>A connection of somebody who has no certificate but knows the roots.</summary>
    public RpcChannel AsStranger(RootTrust trust) => Open(new RpcChannelOptions
    {
        Tls = () => NodeCredentials.AnonymousOptions(trust, NodeIdentity.AuthorityName, TimeProvider.System),
    });

    public RpcChannel As(NodeCredentials node) => Open(new RpcChannelOptions
    {
        Tls = () => node.ClientOptions(NodeIdentity.ManagerName),
    });

    public async ValueTask DisposeAsync()
    {
        channels.ForEach(static channel => channel.Dispose());
        await doorway.DisposeAsync();
    }

    private RpcChannel Open(RpcChannelOptions options)
    {
        var channel = RpcChannel.ToNode(doorway.Address, options);
        channels.Add(channel);
        return channel;
    }
}
