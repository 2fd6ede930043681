using Skep.Docker.Engine;
using Skep.Docker.Validation;
using Skep.Swarm;

namespace Skep.Tests.Docker.Validation;

/// <summary>Names, numbers and words that requests are made of.</summary>
public class SmallPartsTests
{
    [Theory]
    [InlineData("web")]
    [InlineData("/web")]
    [InlineData("a.b-c_d")]
    [InlineData("0a")]
    public void Good_names_are_taken_without_their_slash(string name)
        => Assert.Equal(name.TrimStart('/'), ContainerName.Parse(name));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("-foo")]
    [InlineData("a b")]
    [InlineData("//web")]
    [InlineData("wéb")]
    [InlineData("a/b")]
    public void Other_names_are_refused(string name)
    {
        RefusedException refusal = Assert.Throws<RefusedException>(() => ContainerName.Parse(name));
        Assert.Equal(
            $"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", refusal.Message);
    }

    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("term", 15)]
    [InlineData("9", 9)]
    [InlineData("RTMIN+3", 37)]
    [InlineData("SIGRTMAX-1", 63)]
    [InlineData("99", 99)]
    public void Signals_have_names_and_numbers(string text, int number) => Assert.Equal(number, Signals.Parse(text));

    [Theory]
    [InlineData("all", 41)]
    [InlineData("CAP_NET_ADMIN", 15)]
    [InlineData("net_admin", 15)]
    [InlineData("chown", 14)]
    public void Capabilities_are_added_to_the_default(string add, int count)
        => Assert.Equal(count, Capabilities.For([add], null, false, Capabilities.Known).Count);

    [Fact]
    public void Dropping_all_leaves_what_is_added()
        => Assert.Equal(["CAP_KILL"], Capabilities.For(["KILL"], ["ALL"], false, Capabilities.Known));

    [Fact]
    public void Adding_all_leaves_out_what_is_dropped()
        => Assert.DoesNotContain("CAP_KILL", Capabilities.For(["ALL"], ["KILL"], false, Capabilities.Known));

    [Fact]
    public void Nothing_is_given_away_that_this_process_does_not_have()
    {
        string[] available = ["CAP_CHOWN"];
        Assert.Equal(available, Capabilities.For(null, null, true, available));
        Assert.Throws<RefusedException>(() => Capabilities.For(["KILL"], null, false, available));
    }

    [Theory]
    [InlineData("c 1:3 rwm", 'c', 1L, 3L, "rwm")]
    [InlineData("a *:* r", 'a', null, null, "r")]
    public void Device_rules_are_read(string text, char type, long? major, long? minor, string access)
        => Assert.Equal(new DeviceCgroupRule(type, major, minor, access), DeviceCgroupRule.Parse(text));

    [Theory]
    [InlineData("seccomp={\"a\":1}", "{\"a\":1}")]
    [InlineData("seccomp:unconfined", "unconfined")]
    public void A_security_option_has_a_value_behind_the_first_sign(string option, string value)
        => Assert.Equal(value, SecurityOptions.Parse([option]).Seccomp);

    [Fact]
    public void New_privileges_can_be_forbidden_in_three_ways()
    {
        Assert.True(SecurityOptions.Parse(["no-new-privileges"]).NoNewPrivileges);
        Assert.True(SecurityOptions.Parse(["no-new-privileges:true"]).NoNewPrivileges);
        Assert.False(SecurityOptions.Parse(["no-new-privileges=0"]).NoNewPrivileges);
    }

    [Fact]
    public void An_update_changes_what_it_names()
    {
        var current = new HostConfig { Memory = 100, MemorySwap = 200, CpuShares = 5 };

        HostConfig changed = ResourceMerge.Apply(
            current, new Resources { Memory = 150 }, new RestartPolicy { Name = "always" });

        Assert.Equal((150L, 200L, 5L), (changed.Memory, changed.MemorySwap, changed.CpuShares));
        Assert.Equal("always", changed.RestartPolicy.Name);
    }

    [Fact]
    public void An_update_may_not_put_memory_above_swap()
    {
        RefusedException refusal = Assert.Throws<RefusedException>(() => ResourceMerge.Apply(
            new HostConfig { Memory = 100, MemorySwap = 200 }, new Resources { Memory = 300 }, null));
        Assert.Equal(ErrorKind.Conflict, refusal.Kind);
    }

    [Theory]
    [InlineData("0-3,6", 5)]
    [InlineData("", 0)]
    [InlineData("8192", 1)]
    public void Lists_of_cpus_are_read(string text, int count)
    {
        Assert.True(NumberList.TryParse(text, out IReadOnlySet<int> numbers, out _));
        Assert.Equal(count, numbers.Count);
    }

    [Theory]
    [InlineData("3-1")]
    [InlineData("x")]
    [InlineData("1,,2")]
    [InlineData("8193")]
    [InlineData("0-99999999999")]
    [InlineData("-1")]
    public void Lists_that_make_no_sense_are_not(string text)
        => Assert.False(NumberList.TryParse(text, out _, out _));
}
