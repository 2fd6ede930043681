using System.Security.Cryptography.X509Certificates;
using Skep.Swarm;
using Skep.Swarm.Objects;

namespace Skep.Transport.Identity;

/// <summary>Who a certificate says its owner is: common name, organisational unit and organisation.</summary>
/// <remarks>It is a claim until the certificate was judged by the swarm's roots (<see cref="RootTrust"/>).</remarks>
public sealed record NodeIdentity(NodeId Node, NodeRole Role, ClusterId Cluster)
{
    public const string ManagerName = "swarm-manager";
    public const string WorkerName = "swarm-worker";

    /// <summary>The name that managers answer to while a certificate is asked for.</summary>
    public const string AuthorityName = "swarm-ca";

    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";
    private const string UnitOid = "2.5.4.11";

    public static string RoleName(NodeRole role) => role == NodeRole.Manager ? ManagerName : WorkerName;

    /// <summary>Null when the subject is not the one of a node: each of the three parts exactly once.</summary>
    public static NodeIdentity? Read(X509Certificate2 certificate)
    {
        string? node = null, unit = null, organization = null;
        foreach (X500RelativeDistinguishedName part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
            {
                return null;
            }

            string? value = part.GetSingleElementValue();
            bool isNew = part.GetSingleElementType().Value switch
            {
                CommonNameOid => TakeOnce(ref node, value),
                UnitOid => TakeOnce(ref unit, value),
                OrganizationOid => TakeOnce(ref organization, value),
                _ => false,
            };
            if (!isNew)
            {
                return null;
            }
        }

        NodeRole? role = unit switch
        {
            ManagerName => NodeRole.Manager,
            WorkerName => NodeRole.Worker,
            _ => null,
        };
        return role is null || node is null || organization is null
            ? null
            : new NodeIdentity(new NodeId(node), role.Value, new ClusterId(organization));
    }

    /// <summary>The subject of a node's certificate, in Go's order: O, OU, CN.</summary>
    internal X500DistinguishedName ToSubject()
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(Node.Value);
        builder.AddOrganizationalUnitName(RoleName(Role));
        builder.AddOrganizationName(Cluster.Value);
        return builder.Build();
    }

    /// <summary>The names its owner answers to: the role, the node, and for a manager the CA.</summary>
    public IEnumerable<string> DnsNames => Role == NodeRole.Manager
        ? [ManagerName, Node.Value, AuthorityName]
        : [WorkerName, Node.Value];

    private static bool TakeOnce(ref string? taken, string? value)
    {
        bool isFirst = taken is null && !string.IsNullOrEmpty(value);
        taken = value;
        return isFirst;
    }
}
