using Skep.Swarm;
using Skep.Transport.Identity;

namespace Skep.Tests.Identity;

public sealed class UnlockKeyTests
{
    [Fact]
    public void A_key_has_dockers_shape_and_reads_back()
    {
        UnlockKey key = UnlockKey.New();
        Assert.Matches("^SWMKEY-1-[A-Za-z0-9+/]{43}$", key.Text);
        Assert.Equal(key, UnlockKey.Parse(key.Text));
        Assert.Equal(key, UnlockKey.FromBytes(key.ToBytes()));
        Assert.NotEqual(key, UnlockKey.New());
    }

    [Fact]
    public void A_known_key_is_the_base64_of_its_bytes()
    {
        byte[] bytes = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Assert.Equal("SWMKEY-1-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", UnlockKey.FromBytes(bytes)!.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SWMKEY-1-")]
    [InlineData("SWMKEY-2-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")]
    [InlineData("SWMKEY-1-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh")]
    [InlineData("SWMKEY-1-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
    [InlineData("SWMKEY-1-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH$8")]
    public void A8_another_text_is_refused_without_repeating_it(string text)
    {
        var refusal = Assert.Throws<RefusedException>(() => UnlockKey.Parse(text));
        Assert.Equal("invalid key string", refusal.Message);
    }

    [Fact]
    public void A_key_does_not_print_itself_and_no_key_is_null()
    {
        Assert.Equal("unlock key", UnlockKey.New().ToString());
        Assert.Null(UnlockKey.FromBytes([]));
    }
}
