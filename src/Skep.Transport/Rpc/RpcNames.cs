namespace Skep.Transport.Rpc;

/// <summary>Names of the metadata that goes with calls, most of them SwarmKit's.</summary>
internal static class RpcNames
{
    public const string Forwarded = "forwarded_cert";

    public const string ForwardedNode = "forwarded_cert_cn";

    public const string ForwardedCluster = "forwarded_cert_org";

    public const string ForwardedRole = "forwarded_cert_ou";

    /// <summary>Our own: the caller's certificate is of this swarm, but its time is over.</summary>
    public const string ForwardedExpired = "skep-forwarded-expired";

    public const string RemoteAddress = "remote_addr";

    /// <summary>Addresses that a call came through; one is allowed.</summary>
    public const string Redirect = "redirect";

    /// <summary>
    /// Our own trailer beside grpc-status: the kind of a refusal, which has more values than gRPC has.
    /// </summary>
    public const string RefusalKind = "skep-refusal";
}
