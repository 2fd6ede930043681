using Skep.Swarm.Objects;
using Skep.Transport.Identity;

namespace Skep.Tests.Identity;

public class RenewalWishesTests
{
    private readonly RenewalWishes wishes = new();

    [Fact]
    public void A_role_is_wished_for_until_the_certificate_says_it()
    {
        wishes.Ask(NodeRole.Worker);
        Assert.False(wishes.Tried(isIssued: true, NodeRole.Manager));
        wishes.Ask(null);
        Assert.False(wishes.Tried(isIssued: false, NodeRole.Manager));
        Assert.True(wishes.IsPending);
        Assert.Equal(2, wishes.Failures);
        Assert.True(wishes.Tried(isIssued: true, NodeRole.Worker));
        Assert.False(wishes.IsPending);
    }

    [Fact]
    public void Without_a_role_any_new_certificate_is_right()
    {
        wishes.Ask(null);
        Assert.True(wishes.IsPending);
        Assert.False(wishes.Tried(isIssued: false, NodeRole.Worker));
        Assert.True(wishes.Tried(isIssued: true, NodeRole.Worker));
        Assert.False(wishes.IsPending);
    }

    /// <summary>A manager is demoted and promoted again before it was a worker, and demoted once more.</summary>
    [Fact]
    public void Another_role_ends_the_wish_and_begins_with_short_pauses()
    {
        wishes.Ask(NodeRole.Worker);
        for (int times = 1; times <= 10; times++)
        {
            Assert.False(wishes.Tried(isIssued: true, NodeRole.Manager));
        }

        wishes.Ask(NodeRole.Manager);
        Assert.Equal(0, wishes.Failures);
        Assert.True(wishes.Tried(isIssued: true, NodeRole.Manager));
        wishes.Ask(NodeRole.Worker);
        Assert.False(wishes.Tried(isIssued: true, NodeRole.Manager));
        Assert.Equal(1, wishes.Failures);
        wishes.Ask(NodeRole.Worker);
        Assert.Equal(1, wishes.Failures);
    }
}
