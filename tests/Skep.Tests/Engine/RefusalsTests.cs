using Skep.Engine.Requests;
using Skep.Swarm;

namespace Skep.Tests.Engine;

public sealed class RefusalsTests
{
    [Fact]
    public void A_change_that_comes_too_late_is_its_clients_affair()
    {
        Assert.False(IsFault(SwarmRefusal.Of(SwarmCode.Unknown, "update out of sequence")));
        Assert.False(IsFault(new RefusedException(ErrorKind.NotFound, "no such thing")));
        Assert.False(IsFault(new RefusedException(ErrorKind.Unavailable, "no leader")));
    }

    [Fact]
    public void What_the_machine_refuses_is_for_its_operator()
    {
        Assert.True(IsFault(new RefusedException(ErrorKind.Failed, "mount: no space left on device")));
        Assert.True(IsFault(SwarmRefusal.Of(SwarmCode.Internal, "could not fetch cluster object")));
        Assert.True(IsFault(new InvalidOperationException("a bug")));
    }

    private static bool IsFault(Exception error) => Refusals.IsFault(Refusals.Describe(error).Status, error);
}
