namespace Skep.Transport.Rpc;

/// <summary>Who may call a method: the roles that a certificate of this swarm gives, or anyone at all.</summary>
[Flags]
public enum RpcAccess
{
    None = 0,
    Worker = 1,
    Manager = 2,

    /// <summary>Every node of the swarm.</summary>
    Node = Worker | Manager,

    /// <summary>Also a caller without a certificate: one that is about to join and has only a token.</summary>
    Anyone = 4 | Node,
}
