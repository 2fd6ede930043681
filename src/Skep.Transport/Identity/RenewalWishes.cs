using Skep.Swarm.Objects;

namespace Skep.Transport.Identity;

/// <summary>What a node's certificate is to be renewed for, and how often that was tried in vain. Pure.</summary>
/// <remarks>
/// A role that is wished for is tried for until the certificate says it, with growing pauses. Another word about the
/// role ends the wish: a node that is promoted again before it was a worker would otherwise try to become one for ever,
/// and the pauses that grow meanwhile would keep it from the next change of its role. Not thread-safe.
/// </remarks>
internal sealed class RenewalWishes
{
    private NodeRole? role;
    private bool isAsked;

    /// <summary>Somebody asked, and there is no answer yet.</summary>
    public bool IsPending => isAsked || Failures > 0;

    public int Failures { get; private set; }

    /// <param name="wished">Null: whatever role the managers find right.</param>
    public void Ask(NodeRole? wished)
    {
        isAsked = true;
        if (wished is not null && wished != role)
        {
            role = wished;
            Failures = 0;
        }
    }

    /// <param name="isIssued">There is a new certificate.</param>
    /// <param name="now">The role it says, or the one of before.</param>
    /// <returns>Whether nothing is wished for any more.</returns>
    public bool Tried(bool isIssued, NodeRole now)
    {
        if (!isIssued || (role is not null && role != now))
        {
            Failures++;
            return false;
        }

        (role, isAsked, Failures) = (null, false, 0);
        return true;
    }
}
