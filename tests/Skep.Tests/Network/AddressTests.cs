using System.Net;
using Skep.Agent.Network;
using Skep.Agent.Network.Addresses;
using Skep.Swarm;

namespace Skep.Tests.Network;

public class AddressTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Fact]
    public void The_lowest_free_address_is_given_first()
    {
        var block = new AddressBlock(Subnet.Parse("172.17.0.0/16"), null);
        Assert.Equal("172.17.0.1", block.TakeAny()?.ToString());
        Assert.Equal("172.17.0.2", block.TakeAny()?.ToString());
        Assert.True(block.TryTake(IPAddress.Parse("172.17.0.3")));
        Assert.False(block.TryTake(IPAddress.Parse("172.17.0.3")));
        Assert.Equal("172.17.0.4", block.TakeAny()?.ToString());
        block.Release(IPAddress.Parse("172.17.0.2"));
        Assert.Equal("172.17.0.2", block.TakeAny()?.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/24", null, 254)]
    [InlineData("10.0.0.0/30", null, 2)]
    [InlineData("10.0.0.0/31", null, 2)]
    [InlineData("10.0.0.4/32", null, 1)]
    [InlineData("10.0.0.0/16", "10.0.5.0/28", 16)]
    [InlineData("10.0.0.0/16", "10.0.255.240/28", 15)]
    [InlineData("fd00::/125", null, 7)]
    public void A_block_gives_as_many_addresses_as_it_has(string subnet, string? range, int count)
    {
        var block = new AddressBlock(Subnet.Parse(subnet), range is null ? null : Subnet.Parse(range));
        var given = new HashSet<IPAddress>();
        while (block.TakeAny() is { } address)
        {
            Assert.True(given.Add(address));
        }

        Assert.Equal(count, given.Count);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Whatever_happens_no_address_is_given_twice_and_none_is_lost(int seed)
    {
        var random = new Random(seed);
        var block = new AddressBlock(Subnet.Parse("10.0.0.0/27"), null);
        var held = new HashSet<IPAddress>();
        for (int step = 0; step < 3000; step++)
        {
            if (random.Next(2) == 0 && held.Count > 0)
            {
                IPAddress back = held.ElementAt(random.Next(held.Count));
                block.Release(back);
                held.Remove(back);
            }
            else if (random.Next(4) == 0)
            {
                IPAddress wanted = IPAddress.Parse($"10.0.0.{random.Next(1, 31)}");
                Assert.Equal(held.Add(wanted), block.TryTake(wanted));
            }
            else if (block.TakeAny() is { } any)
            {
                Assert.True(held.Add(any));
            }
            else
            {
                Assert.Equal(30, held.Count);
            }

            Assert.Equal(held.Count, block.TakenCount);
        }
    }

    [Fact]
    public void Networks_get_the_pools_in_Dockers_order()
    {
        var pools = new AddressPools([], "abcdef");
        var used = new List<Subnet>();
        for (int i = 0; i < 31; i++)
        {
            used.Add(pools.Choose(isIPv4: true, used)!.Value);
        }

        Assert.Equal("172.17.0.0/16", used[0].ToString());
        Assert.Equal("172.31.0.0/16", used[14].ToString());
        Assert.Equal("192.168.0.0/20", used[15].ToString());
        Assert.Equal("192.168.240.0/20", used[30].ToString());
        Assert.Null(pools.Choose(isIPv4: true, used));
    }

    [Fact]
    public void What_the_host_uses_is_passed_over()
    {
        var pools = new AddressPools([new AddressPoolOption("10.0.0.0/8", 24)], "abcdef");
        Subnet[] used = [Subnet.Parse("10.0.0.0/9"), Subnet.Parse("10.128.0.7/32"), Subnet.Parse("10.128.1.0/24")];
        Assert.Equal("10.128.2.0/24", pools.Choose(isIPv4: true, used)?.ToString());
        Assert.Null(pools.Choose(isIPv4: true, [Subnet.Parse("0.0.0.0/1")]));
    }

    [Fact]
    public void Every_instance_has_an_IPv6_range_of_its_own()
    {
        Subnet one = new AddressPools([], "abcdef").Choose(isIPv4: false, [])!.Value;
        Subnet same = new AddressPools([], "abcdef").Choose(isIPv4: false, [])!.Value;
        Subnet other = new AddressPools([], "abcde0").Choose(isIPv4: false, [])!.Value;
        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
        Assert.StartsWith("fd", one.ToString(), StringComparison.Ordinal);
        Assert.Equal(64, one.PrefixBits);
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0/8")]
    [InlineData("10.0.0.0")]
    [InlineData("/8")]
    [InlineData("fe80::/129")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("::ffff:10.0.0.0/100")]
    public void What_is_no_subnet_is_not_read(string text) => Assert.False(Subnet.TryParse(text, out _, out _));

    [Fact]
    public void A_pool_that_is_no_pool_is_refused_by_name()
    {
        var refusal = Assert.Throws<RefusedException>(
            () => new AddressPools([new AddressPoolOption("10.0.0.0/24", 16)], "abcdef"));
        Assert.Contains("base=10.0.0.0/24,size=16", refusal.Message, StringComparison.Ordinal);
    }
}
