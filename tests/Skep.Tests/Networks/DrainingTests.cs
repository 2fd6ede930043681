using System.Net;
using Skep.Agent.Networks;

namespace Skep.Tests.Networks;

public class DrainingTests
{
    private const string Head =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

    [Fact]
    public void Connections_of_others_to_what_listens_are_counted()
    {
        string[] lines =
        [
            Head,
            "   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1",
            "   1: 0B00000A:0050 6400630A:C001 01 00000000:00000000 00:00000000 00000000     0        0 2",
            "   2: 0B00000A:0050 6400630A:C002 03 00000000:00000000 00:00000000 00000000     0        0 3",
            "   3: 0B00000A:0050 6400630A:C003 06 00000000:00000000 00:00000000 00000000     0        0 4",
            "   4: 0100007F:0050 0100007F:C004 01 00000000:00000000 00:00000000 00000000     0        0 5",
            "   5: 0B00000A:C005 0C00000A:0050 01 00000000:00000000 00:00000000 00000000     0        0 6",
            "   7: 0B00000A:0050 6400630A:C007 04 00000000:00000000 00:00000000 00000000     0        0 8",
            "   6: 0000000000000000FFFF00000B00000A:0050 0000000000000000FFFF00006400630A:C006 01 0 0",
        ];
        Assert.Equal(4, OpenConnections.Count(TcpTable.Parse(lines)));
        Assert.Equal(
            0,
            OpenConnections.Count(TcpTable.Parse(
                lines.Where(line => !line.Contains("0A 0000", StringComparison.Ordinal)))));
    }

    [Fact]
    public void Ranges_are_read_from_the_kernels_tables_without_links_of_our_own()
    {
        string[] ipv4 =
        [
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
            "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
            "skvabc\t0500000A\t00000000\t0001\t0\t0\t0\tFFFFFFFF\t0\t0\t0",
        ];
        string[] ipv6 =
        [
            "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 "
            + "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0",
            "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 "
            + "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0",
        ];
        Assert.Equal(
            ["10.0.0.0/16", "192.0.2.53/32", "fd00::/64"],
            OwnRanges.Of(ipv4, ipv6, [IPAddress.Parse("127.0.0.53"), IPAddress.Parse("192.0.2.53")]));
    }

    [Fact]
    public void Of_a_table_with_more_routes_than_can_be_reported_a_part_is_read()
    {
        int read = 0;
        Assert.Equal(NetworkSessionLimits.Ranges, OwnRanges.Of(Endless(), [], []).Count);
        Assert.Equal(NetworkSessionLimits.RouteLines, read);

        IEnumerable<string> Endless()
        {
            while (true)
            {
                read++;
                yield return $"eth0\t{read:X8}\t00000000\t0001\t0\t0\t0\tFFFFFFFF\t0\t0\t0";
            }
        }
    }
}
