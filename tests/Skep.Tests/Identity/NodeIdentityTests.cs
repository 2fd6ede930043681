using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Skep.Transport.Identity;
using static Skep.Tests.Identity.IdentityScene;

namespace Skep.Tests.Identity;

public sealed class NodeIdentityTests
{
    [Theory]
    [InlineData("O=c, OU=swarm-manager, CN=n", true)]
    [InlineData("CN=n, OU=swarm-worker, O=c", true)]
    [InlineData("O=c, OU=swarm-boss, CN=n", false)]
    [InlineData("O=c, OU=swarm-worker, OU=swarm-manager, CN=n", false)]
    [InlineData("O=c, OU=swarm-worker+OU=swarm-manager, CN=n", false)]
    [InlineData("O=c, OU=swarm-worker, CN=n, CN=m", false)]
    [InlineData("O=c, O=d, OU=swarm-worker, CN=n", false)]
    [InlineData("O=c, OU=swarm-worker", false)]
    [InlineData("OU=swarm-worker, CN=n", false)]
    [InlineData("C=X, O=c, OU=swarm-worker, CN=n", false)]
    [InlineData("CN=swarm-ca", false)]
    public void A_subject_is_a_nodes_only_with_each_part_once(string subject, bool isNode)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(Now, Now.AddDays(1));
        NodeIdentity? identity = NodeIdentity.Read(certificate);
        Assert.Equal(isNode, identity is not null);
        if (isNode)
        {
            Assert.Equal(("n", "c"), (identity!.Node.Value, identity.Cluster.Value));
        }
    }
}
