using System.Security.Cryptography.X509Certificates;

namespace Skep.Transport.Identity;

/// <summary>What a swarm's roots say of a certificate at one time.</summary>
public enum TrustState
{
    /// <summary>No chain to a root of this swarm, or one with something wrong in it.</summary>
    Untrusted,

    /// <summary>The chain is good, and every certificate in it is within its life.</summary>
    Trusted,

    /// <summary>The chain is good, but its life is over. Only a renewal may still go by it.</summary>
    Expired,

    /// <summary>The chain is good, but its life has not begun: one of the two clocks is wrong.</summary>
    NotYetValid,
}

/// <param name="Issuer">The certificate above the one that was judged; null when untrusted.</param>
/// <param name="Reason">In words, for the log and for errors; names no secret.</param>
public sealed record TrustVerdict(TrustState State, X509Certificate2? Issuer, string Reason);
