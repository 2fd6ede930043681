using Skep.Agent.Oci;
using Skep.Swarm;

namespace Skep.Tests.Agent.Oci;

public class UserLookupTests
{
    private const string Passwd = """
        root:x:0:0:root:/root:/bin/sh

        www:x:33:33:web:/srv:/bin/sh
        broken
        odd:x:abc:def::/odd:
        1000:x:77:77::/seventyseven:
        """;

    private const string Group = """
        # a comment
        root:x:0:
        wheel:x:10:root,www
        www:x:33:
        audio:x:29:www
        """;

    [Theory]
    [InlineData("", 0, 0, "10", "/root")]
    [InlineData("root", 0, 0, "10", "/root")]
    [InlineData("www", 33, 33, "10,29", "/srv")]
    [InlineData("33", 33, 33, "10,29", "/srv")]
    [InlineData("www:audio", 33, 29, "", "/srv")]
    [InlineData("www:7", 33, 7, "", "/srv")]
    [InlineData("5000", 5000, 0, "", "")]
    [InlineData("5000:6000", 5000, 6000, "", "")]
    [InlineData("1000", 1000, 0, "", "")]
    [InlineData(":audio", 0, 29, "", "/root")]
    [InlineData("2147483647", 2147483647, 0, "", "")]
    public void Users_are_found_as_docker_finds_them(string user, int uid, int gid, string groups, string home)
    {
        UserIdentity found = UserLookup.Resolve(user, Passwd, Group, null);

        Assert.Equal(((uint)uid, (uint)gid, home), (found.Uid, found.Gid, found.Home));
        Assert.Equal(groups, string.Join(',', found.Groups));
    }

    [Theory]
    [InlineData("nobody", "unable to find user nobody: no matching entries in passwd file")]
    [InlineData("www:nobody", "unable to find group nobody: no matching entries in group file")]
    [InlineData("-1", "uids and gids must be in range 0-2147483647")]
    [InlineData("2147483648", "uids and gids must be in range 0-2147483647")]
    [InlineData("0:99999999999", "uids and gids must be in range 0-2147483647")]
    [InlineData("99999999999999999999",
        "unable to find user 99999999999999999999: no matching entries in passwd file")]
    public void Users_that_do_not_exist_are_refused(string user, string message)
    {
        RefusedException refusal = Assert.Throws<RefusedException>(
            () => UserLookup.Resolve(user, Passwd, Group, null));
        Assert.Equal(message, refusal.Message);
    }

    [Fact]
    public void Added_groups_are_names_or_numbers()
        => Assert.Equal([29u, 10u, 500u],
            UserLookup.Resolve("5000", Passwd, Group, ["audio", "500", "wheel"]).Groups.OrderBy(id => id != 29));

    [Fact]
    public void An_added_group_that_does_not_exist_is_refused()
        => Assert.Equal("Unable to find group nogroup: no matching entries in group file",
            Assert.Throws<RefusedException>(() => UserLookup.Resolve("", Passwd, Group, ["nogroup"])).Message);

    [Fact]
    public void An_image_without_files_has_numbers_only()
    {
        Assert.Equal(7u, UserLookup.Resolve("7:8", null, null, null).Uid);
        Assert.Throws<RefusedException>(() => UserLookup.Resolve("root", null, null, null));
        Assert.Equal(0u, UserLookup.Resolve("", null, null, null).Uid);
    }

    [Fact]
    public void A_hostile_file_gives_an_answer_or_a_refusal_and_nothing_else()
    {
        var random = new Random(5);
        char[] letters = ['r', 'o', ':', ':', ':', '\n', '0', '9', ',', '-', '#', ' ', '\0'];
        for (int round = 0; round < 5000; round++)
        {
            string Text() => new([.. Enumerable.Range(0, 40).Select(_ => letters[random.Next(letters.Length)])]);
            try
            {
                UserIdentity found = UserLookup.Resolve(Text()[..5], Text(), Text(), [Text()[..2]]);
                Assert.InRange(found.Uid, 0u, (uint)int.MaxValue);
                Assert.InRange(found.Gid, 0u, (uint)int.MaxValue);
            }
            catch (RefusedException refusal)
            {
                Assert.Equal(ErrorKind.Invalid, refusal.Kind);
            }
        }
    }
}
