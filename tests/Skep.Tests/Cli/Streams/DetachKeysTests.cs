using System.Text;
using Skep.Cli.Streams;

namespace Skep.Tests.Cli.Streams;

public sealed class DetachKeysTests
{
    [Fact]
    public void The_usual_keys_leave_the_container()
    {
        DetachKeys keys = DetachKeys.Parse("");
        Assert.Equal("ab"u8.ToArray(), keys.Filter("ab\x10"u8, out bool early));
        Assert.False(early);
        Assert.Empty(keys.Filter("\x11zzz"u8, out bool complete));
        Assert.True(complete);
    }

    [Fact]
    public void A_broken_off_sequence_reaches_the_container()
    {
        DetachKeys keys = DetachKeys.Parse("");
        Assert.Empty(keys.Filter("\x10"u8, out _));
        Assert.Equal("\x10x"u8.ToArray(), keys.Filter("x"u8, out bool complete));
        Assert.False(complete);
    }

    [Theory]
    [InlineData("ctrl-a,x", "\u0001x")]
    [InlineData("q", "q")]
    [InlineData("nonsense", "\u0010\u0011")]
    public void Keys_can_be_chosen_and_nonsense_means_the_usual_ones(string text, string typed)
    {
        DetachKeys.Parse(text).Filter(Encoding.ASCII.GetBytes(typed), out bool complete);
        Assert.True(complete);
    }
}
