using Skep.Transport.Rpc;

namespace Skep.Tests.Rpc;

public sealed class RpcTextTests
{
    [Theory]
    [InlineData("plain words", "plain words")]
    [InlineData("100 %", "100 %25")]
    [InlineData("zwölf\n", "zw%C3%B6lf%0A")]
    [InlineData("", "")]
    public void A_status_message_is_printable_ascii_on_the_wire(string words, string encoded)
    {
        Assert.Equal(encoded, RpcText.Encode(words));
        Assert.Equal(words, RpcText.Decode(encoded));
    }

    [Fact]
    public void A_long_status_message_is_cut() =>
        Assert.Equal(RpcLimits.TextCharactersMax, RpcText.Encode(new string('x', 100_000)).Length);

    [Theory]
    [InlineData("1H", 3600_000.0)]
    [InlineData("2M", 120_000.0)]
    [InlineData("3S", 3000.0)]
    [InlineData("4999999u", 4999.999)]
    [InlineData("250m", 250.0)]
    [InlineData("100n", 0.0001)]
    [InlineData("99999999H", 99999999.0 * 3600_000)]
    public void A_timeout_is_digits_and_a_unit(string text, double milliseconds)
    {
        Assert.True(RpcText.TryReadTimeout(text, out TimeSpan timeout));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("5")]
    [InlineData("-5S")]
    [InlineData("123456789S")]
    [InlineData("5s")]
    public void Anything_else_is_not_a_timeout(string text) => Assert.False(RpcText.TryReadTimeout(text, out _));

    [Theory]
    [InlineData(5000, "5000000u")]
    [InlineData(0, "1u")]
    [InlineData(100_000, "100000m")]
    public void A_timeout_is_written_in_at_most_eight_digits(int milliseconds, string text) =>
        Assert.Equal(text, RpcText.WriteTimeout(TimeSpan.FromMilliseconds(milliseconds)));
}
