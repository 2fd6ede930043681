using System.Text;
using Skep.Agent.Streams;
using Skep.Swarm;

namespace Skep.Tests.Streams;

public class DetachKeysTests
{
    [Fact]
    public void The_default_sequence_is_found_across_pieces_and_is_not_passed_on()
    {
        DetachKeys keys = DetachKeys.Parse(null);
        (byte[] pass, bool left) = keys.Feed("ls\x10"u8);
        Assert.Equal("ls", Encoding.ASCII.GetString(pass));
        Assert.False(left);
        (pass, left) = keys.Feed("\x11"u8);
        Assert.Empty(pass);
        Assert.True(left);
    }

    [Fact]
    public void A_broken_sequence_is_passed_on_whole()
    {
        DetachKeys keys = DetachKeys.Parse("ctrl-a,b");
        Assert.Empty(keys.Feed([1]).Pass);
        (byte[] pass, bool left) = keys.Feed("c"u8);
        Assert.Equal([1, (byte)'c'], pass);
        Assert.False(left);
        Assert.True(keys.Feed([1, 1, (byte)'b']).IsDetached);
    }

    [Fact]
    public void Wrong_keys_are_refused_by_name()
    {
        RefusedException refused = Assert.Throws<RefusedException>(() => DetachKeys.Parse("ctrl-pp"));
        Assert.Equal("Invalid detach keys (ctrl-pp) provided", refused.Message);
    }
}
