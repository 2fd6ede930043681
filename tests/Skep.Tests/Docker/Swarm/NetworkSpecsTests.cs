using Skep.Docker.Engine;
using Skep.Docker.Swarm;
using Skep.Swarm;

namespace Skep.Tests.Docker.Swarm;

public class NetworkSpecsTests
{
    [Fact]
    public void A_network_without_IPv4_is_refused_with_its_name_and_the_way_out()
    {
        NetworkSpecs.CheckFamilies(new CreateNetworkRequest { Name = "both", EnableIPv6 = true });
        NetworkSpecs.CheckFamilies(new CreateNetworkRequest { Name = "four", EnableIPv4 = true });
        RefusedException refused = Assert.Throws<RefusedException>(() => NetworkSpecs.CheckFamilies(
            new CreateNetworkRequest { Name = "six", EnableIPv4 = false, EnableIPv6 = true }));
        Assert.Equal(ErrorKind.Invalid, refused.Kind);
        Assert.Equal(
            "IPv4 cannot be disabled: network six is asked for with EnableIPv4=false; without that, and with "
            + "EnableIPv6 (--ipv6), it has both",
            refused.Message);
    }
}
