using Skep.Docker.References;
using Skep.Swarm;

namespace Skep.Tests.References;

public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("index.docker.io/library/busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("bee/app", "docker.io/bee/app", "bee/app")]
    [InlineData("library/a/b", "docker.io/library/a/b", "library/a/b")]
    [InlineData("localhost/app:x", "localhost/app:x", "localhost/app:x")]
    [InlineData("127.0.0.1:5000/a/b:t@" + Digest, "127.0.0.1:5000/a/b:t@" + Digest, "127.0.0.1:5000/a/b:t@" + Digest)]
    [InlineData("[::1]:5000/app", "[::1]:5000/app", "[::1]:5000/app")]
    [InlineData("Hive/app", "Hive/app", "Hive/app")]
    [InlineData("a__b/c-d.e_f", "docker.io/a__b/c-d.e_f", "a__b/c-d.e_f")]
    public void Names_are_normalised_as_Docker_does(string text, string canonical, string familiar)
    {
        ImageReference reference = ImageReference.Parse(text);
        Assert.Equal((canonical, familiar), (reference.ToString(), reference.Familiar));
        Assert.Equal(reference, ImageReference.Parse(reference.Familiar));
    }

    [Theory]
    [InlineData("", "invalid reference format")]
    [InlineData("a:b:c", "invalid reference format")]
    [InlineData("a//b", "invalid reference format")]
    [InlineData("-a", "invalid reference format")]
    [InlineData("a..b", "invalid reference format")]
    [InlineData("a:tag\n", "invalid reference format")]
    [InlineData("Upper", "invalid reference format: repository name (library/Upper) must be lowercase")]
    [InlineData("a@sha256:00", "invalid reference format")]
    [InlineData("a@md5:00000000000000000000000000000000", "unsupported digest algorithm")]
    [InlineData("a@sha256:00000000000000000000000000000000", "invalid checksum digest length")]
    [InlineData(
        "a@sha256:ABCDEF0000000000000000000000000000000000000000000000000000000000", "invalid checksum digest format")]
    [InlineData(
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "invalid repository name (0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef), "
            + "cannot specify 64-byte hexadecimal strings")]
    public void What_is_no_reference_is_refused_in_Dockers_words(string text, string message)
    {
        var refused = Assert.Throws<RefusedException>(() => ImageReference.Parse(text));
        Assert.Equal((ErrorKind.Invalid, message), (refused.Kind, refused.Message));
    }

    [Fact]
    public void A_name_has_a_limit()
    {
        Assert.Equal(255, ImageReference.Parse("x/" + new string('a', 253)).Path.Length);
        Assert.Throws<RefusedException>(() => ImageReference.Parse("x/" + new string('a', 254)));
        Assert.Throws<RefusedException>(() => ImageReference.Parse(new string('a', 100_000)));
    }

    [Fact]
    public void The_digest_decides_and_latest_is_the_default()
    {
        Assert.Equal("a:latest", ImageReference.Parse("a").WithOneTarget().Familiar);
        Assert.Equal("a@" + Digest, ImageReference.Parse("a:t@" + Digest).WithOneTarget().Familiar);
        Assert.Equal("a:t", ImageReference.Parse("a", "t").Familiar);
        Assert.Equal("a@" + Digest, ImageReference.Parse("a:t", Digest).Familiar);
        Assert.Throws<RefusedException>(() => ImageReference.Parse("a", "no good"));
    }

    [Theory]
    [InlineData("busy*", "busybox:latest", true)]
    [InlineData("busybox", "busybox:1", true)]
    [InlineData("busybox:1.*", "busybox:1.36", true)]
    [InlineData("*", "bee/app:1", false)]
    [InlineData("*/app", "bee/app:1", true)]
    [InlineData("b[a-f]e/app", "bee/app:1", true)]
    [InlineData("b[^a-f]e/app", "bee/app:1", false)]
    [InlineData("busybo?", "busybox:latest", true)]
    public void Patterns_are_those_of_Gos_path_Match(string pattern, string name, bool matches) =>
        Assert.Equal(matches, new ReferencePattern(pattern).Matches(ImageReference.Parse(name)));

    [Theory, InlineData("["), InlineData("[]"), InlineData("a\\")]
    public void A_broken_pattern_is_refused(string pattern) =>
        Assert.Throws<RefusedException>(() => new ReferencePattern(pattern));
}
