namespace Skep.Transport.Rpc;

/// <summary>Names that SwarmKit's certificates and metadata use.</summary>
public static class RpcNames
{
    public const string ManagerRole = "swarm-manager";

    public const string WorkerRole = "swarm-worker";

    /// <summary>Server name of a manager as an authority: only manager certificates carry it.</summary>
    public const string Authority = "swarm-ca";

    internal const string Forwarded = "forwarded_cert";

    internal const string ForwardedNode = "forwarded_cert_cn";

    internal const string ForwardedCluster = "forwarded_cert_org";

    internal const string ForwardedRole = "forwarded_cert_ou";

    internal const string RemoteAddress = "remote_addr";

    /// <summary>Addresses that a call came through; one is allowed.</summary>
    internal const string Redirect = "redirect";

    /// <summary>Our own trailer beside grpc-status: the kind of a refusal, which has more values than gRPC has.</summary>
    internal const string RefusalKind = "skep-refusal";
}
