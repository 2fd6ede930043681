using System.Security.Cryptography.X509Certificates;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Transport.Rpc;

/// <summary>What a node certificate of a swarm says: CN is the node, OU its role, O the cluster.</summary>
/// <remarks>Says nothing about whether the certificate may be believed.</remarks>
internal sealed record PeerCertificate(NodeId Node, NodeRole? Role, ClusterId Cluster)
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string Unit = "2.5.4.11";

    public static PeerCertificate Read(X509Certificate2 certificate)
    {
        string node = "";
        string cluster = "";
        NodeRole? role = null;
        foreach (X500RelativeDistinguishedName part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
            {
                continue;
            }

            string value = part.GetSingleElementValue() ?? "";
            switch (part.GetSingleElementType().Value)
            {
                case CommonName:
                    node = value;
                    break;
                case Organization when cluster.Length == 0:
                    cluster = value;
                    break;
                case Unit:
                    role = RoleOf(value);
                    break;
            }
        }

        return new PeerCertificate(new NodeId(node), role, new ClusterId(cluster));
    }

    public static NodeRole? RoleOf(string unit) => unit switch
    {
        RpcNames.ManagerRole => NodeRole.Manager,
        RpcNames.WorkerRole => NodeRole.Worker,
        _ => null,
    };
}
