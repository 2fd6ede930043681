using Skep.Daemon;
using Skep.Daemon.Options;

namespace Skep.Tests.Daemon;

public class ReloadingTests
{
    [Fact]
    public void What_waits_for_a_restart_is_named_and_the_log_level_is_not()
    {
        DaemonOptions old = Read();
        DaemonOptions wanted = Read(
            "-D", "--mtu=1400", "--dns=1.1.1.1", "--label=a=b", "--log-opt=max-size=1m", "--registry-mirror=http://m");

        Assert.Equal(["labels", "networks", "registries", "containers"], Reloading.NeedRestart(old, wanted));
        Assert.Empty(Reloading.NeedRestart(wanted, wanted));
        Assert.Empty(Reloading.NeedRestart(old, Read("-D")));
    }

    private static DaemonOptions Read(params string[] arguments) =>
        DaemonCommandLine.Read(arguments, TextWriter.Null)!.Value.Options;
}
