using System.Net.Security;
using Skep.Swarm;
using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.Tests.Rpc;

/// <summary>A swarm's root and the nodes that it knows.</summary>
internal sealed class TestSwarm(string cluster)
{
    private readonly CertificateAuthority authority = CertificateAuthority.NewRoot(Now.AddDays(-300));

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public RootTrust Trust => authority.Trust;

    public NodeCredentials Manager(string node) => Node(node, NodeRole.Manager, Now);

    public NodeCredentials Worker(string node) => Node(node, NodeRole.Worker, Now);

    public NodeCredentials Expired(string node) => Node(node, NodeRole.Worker, Now.AddDays(-200));

    /// <param name="shown">Null: no certificate.</param>
    public SslClientAuthenticationOptions Client(NodeCredentials? shown) =>
        shown?.ClientOptions(NodeIdentity.ManagerName)
        ?? NodeCredentials.AnonymousOptions(authority.Trust, NodeIdentity.ManagerName, TimeProvider.System);

    private NodeCredentials Node(string node, NodeRole role, DateTimeOffset at)
    {
        using NodeKey key = NodeKey.New();
        var identity = new NodeIdentity(new NodeId(node), role, new ClusterId(cluster));
        byte[] chain = authority.Issue(key.NewRequest(), identity, TimeSpan.FromDays(90), at);
        return new NodeCredentials(NodeCertificate.Load(chain, key), authority.Trust, TimeProvider.System);
    }
}
