using Skep.Swarm;
using Skep.Transport.Identity;

namespace Skep.Tests.Identity;

public sealed class JoinTokenTests
{
    private const string Known =
        "SWMTKN-1-3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lkl-7p73s1dx5in4tatdymyhg9hu2";

    private const string KnownDigest = "9529c6f3c5558ac3ec02b338a52d3c5434e0835a8af6f1e124649e87afaa2fb5";

    private static readonly RootDigest Digest = RootDigest.Of("some bundle"u8);

    [Fact]
    public void A_new_token_has_dockers_shape_and_reads_back()
    {
        JoinToken token = JoinToken.New(Digest);
        Assert.Matches("^SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}$", token.Text);
        Assert.Equal(Digest, JoinToken.Parse(token.Text).Root);
        Assert.NotEqual(token.Text, JoinToken.New(Digest).Text);
    }

    [Fact]
    public void The_digest_of_a_known_token_is_the_one_docker_reads()
    {
        // From Docker's documentation of "swarm join-token"; digits turned by hand with another program.
        Assert.Equal(KnownDigest, JoinToken.Parse(Known).Root.Hex);
    }

    [Fact]
    public void A_digest_that_begins_with_zeros_keeps_its_length()
    {
        var hash = new byte[32];
        hash[31] = 35;
        JoinToken token = JoinToken.New(RootDigest.FromHash(hash));
        Assert.StartsWith("SWMTKN-1-" + new string('0', 49) + "z-", token.Text);
        Assert.Equal(new string('0', 62) + "23", JoinToken.Parse(token.Text).Root.Hex);
    }

    public static TheoryData<string> Broken => new()
    {
        "",
        "SWMTKN",
        "SWMTKN-1",
        Known[..^1],
        Known + "x",
        Known + "-x",
        Known.Replace("SWMTKN", "SWMTKM"),
        Known.Replace("-1-", "-3-"),
        Known.Replace("3pu6", "3pu_"),
        Known.Replace("-7p7", "-7p$"),
        "SWMTKN-1-" + new string('z', 50) + Known[^26..],
        "SWMTKN-2-" + Known["SWMTKN-1-".Length..],
        "SWMTKN-2-2-" + Known["SWMTKN-1-".Length..],
        new string('-', 1 << 20),
        "SWMTKN-1-" + new string('a', 1 << 20),
    };

    [Theory, MemberData(nameof(Broken))]
    public void A1_a_token_of_another_shape_is_refused(string text)
    {
        var refusal = Assert.Throws<RefusedException>(() => JoinToken.Parse(text));
        Assert.Equal((ErrorKind.Invalid, "invalid join token"), (refusal.Kind, refusal.Message));
    }

    [Fact]
    public void A_token_that_demands_fips_is_refused_by_name_and_one_that_does_not_is_read()
    {
        string rest = Known["SWMTKN-1-".Length..];
        var refusal = Assert.Throws<RefusedException>(() => JoinToken.Parse("SWMTKN-2-1-" + rest));
        Assert.Equal("node is not FIPS-enabled but cluster requires FIPS", refusal.Message);
        Assert.Equal(JoinToken.Parse(Known).Root, JoinToken.Parse("SWMTKN-2-0-" + rest).Root);
    }

    [Fact]
    public void A1_only_the_very_same_token_is_the_same()
    {
        string token = JoinToken.New(Digest).Text;
        Assert.True(JoinToken.IsSame(token, token));
        Assert.False(JoinToken.IsSame(token, JoinToken.New(Digest).Text));
        Assert.False(JoinToken.IsSame(token, token[..^1]));
        Assert.False(JoinToken.IsSame(token, new string('a', 1 << 20)));
        Assert.False(JoinToken.IsSame("", ""));
    }

    [Fact]
    public void A_token_does_not_print_itself()
    {
        Assert.Equal("join token", JoinToken.New(Digest).ToString());
    }
}
