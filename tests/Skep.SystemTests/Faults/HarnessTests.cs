using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>The test hosts themselves: later tests stand on what is shown here.</summary>
public class HarnessTests
{
    [Fact]
    public async Task Hosts_are_cut_off_crashed_and_brought_back_and_nothing_stays()
    {
        string name;
        await using (TestHosts hosts = await TestHosts.StartAsync(Engine.UnderTest, Engine.UnderTest))
        {
            name = hosts.Name;
            await HostImages.LoadAsync(hosts[0]);
            Assert.True(await ReachesAsync(hosts[0], hosts[1]));
            await hosts[1].CutAsync();
            Assert.False(await ReachesAsync(hosts[0], hosts[1]));
            await hosts[1].HealAsync();
            Assert.True(await ReachesAsync(hosts[0], hosts[1]));

            Assert.Equal("host1", (await hosts[0].Inside("hostname").CheckAsync()).Text);
            await hosts[0].RebootAsync();
            Assert.Equal("4", (await hosts[0].Shell("docker images -q | wc -l").CheckAsync()).Text);
            Assert.True(await ReachesAsync(hosts[1], hosts[0]));
        }

        Assert.False(Directory.Exists(Path.Combine(Path.GetTempPath(), name)));
        Finished namespaces = await new Command("ip", "netns").CheckAsync();
        Assert.DoesNotContain(name, namespaces.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_interrupted_run_left_is_swept_away()
    {
        // The number of a process that cannot exist: such an owner is dead.
        string name = TestHosts.Prefix + "4194999x1";
        string folder = Path.Combine(Path.GetTempPath(), name);
        Directory.CreateDirectory(Path.Combine(folder, "1"));
        await File.WriteAllTextAsync(Path.Combine(folder, TestHosts.OwnerFile), "4194999 1");
        await new Command("ip", "netns", "add", name + "-1").CheckAsync();
        await Leftovers.SweepAsync();
        Assert.False(Directory.Exists(folder));
        Assert.False(File.Exists($"/run/netns/{name}-1"));
    }

    private static async Task<bool> ReachesAsync(TestHost from, TestHost to) =>
        (await from.Inside("busybox", "ping", "-c", "1", "-W", "2", to.Address).RunAsync()).ExitCode == 0;
}
