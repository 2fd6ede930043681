using Skep.Transport.Rpc;

namespace Skep.Transport.Contracts;

/// <summary>Who may call which method on a manager's cluster port, as SwarmKit's own files name the roles.</summary>
public static class SwarmKitAccess
{
    private const string Package = "/docker.swarmkit.v1.";

    /// <summary>
    /// The access to the method of this path; <see cref="RpcAccess.None"/> for one that is not SwarmKit's.
    /// </summary>
    public static RpcAccess Of(string path)
    {
        if (!path.StartsWith(Package, StringComparison.Ordinal))
        {
            return RpcAccess.None;
        }
        var method = path.AsSpan(Package.Length);
        int slash = method.IndexOf('/');
        return slash < 0 ? RpcAccess.None : Of(method[..slash], method[(slash + 1)..]);
    }

    private static RpcAccess Of(ReadOnlySpan<char> service, ReadOnlySpan<char> method) => service switch
    {
        // The unlock key opens every manager's disk; the root certificate is what a joiner checks its token against.
        "CA" => method switch
        {
            "GetRootCACertificate" => RpcAccess.Anyone,
            "GetUnlockKey" => RpcAccess.Manager,
            _ => RpcAccess.None,
        },
        // The token in the request, or the certificate to renew, decides; not the role of the caller.
        "NodeCA" => method is "IssueNodeCertificate" or "NodeCertificateStatus" ? RpcAccess.Anyone : RpcAccess.None,
        "Dispatcher" => RpcAccess.Node,
        "ResourceAllocator" => RpcAccess.Node,
        "LogBroker" => RpcAccess.Node,
        "Logs" => RpcAccess.Manager,
        "Raft" => RpcAccess.Manager,
        "RaftMembership" => RpcAccess.Manager,
        "Health" => RpcAccess.Manager,
        "Control" => RpcAccess.Manager,
        "Watch" => RpcAccess.Manager,
        _ => RpcAccess.None,
    };
}
