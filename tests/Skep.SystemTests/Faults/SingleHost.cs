using System.Diagnostics;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Faults;

/// <summary>One host with the engine under test and the images, for a test that breaks it.</summary>
internal sealed class SingleHost : IAsyncDisposable
{
    private readonly TestHosts hosts;

    private SingleHost(TestHosts hosts) => this.hosts = hosts;

    public TestHost Host => hosts[0];

    public TestHosts Hosts => hosts;

    public static Task<SingleHost> StartAsync() => StartAsync(Engine.UnderTest);

    public static async Task<SingleHost> StartAsync(Engine engine)
    {
        var single = new SingleHost(await TestHosts.StartAsync(engine));
        try
        {
            await HostImages.LoadAsync(single.Host);
            return single;
        }
        catch
        {
            await single.DisposeAsync();
            throw;
        }
    }

    /// <summary>A line that must succeed: its output without line ends around it.</summary>
    public async Task<string> SayAsync(string line)
    {
        Finished finished = await Host.Shell(line).RunAsync();
        Assert.True(finished.ExitCode == 0, $"{finished}\n{Host.LogTail()}");
        return finished.Text;
    }

    /// <summary>Repeats a line until its output holds the text.</summary>
    public Task UntilAsync(string line, string text) =>
        Eventually.TrueAsync($"'{line}' says '{text}'", TimeSpan.FromSeconds(120), async () =>
            (await Host.Shell(line).RunAsync()).Output.Contains(text, StringComparison.Ordinal));

    public async Task<string> FetchAsync(string address)
    {
        Finished finished = await Host.Inside(
            "busybox", "timeout", "20", "busybox", "wget", "-q", "-O", "-", $"http://{address}/").RunAsync();
        return finished.ExitCode == 0 ? finished.Text : $"no answer: {finished.Errors}";
    }

    /// <summary>The host's state, read again until it is as expected; the difference fails the test.</summary>
    public async Task ReturnsToAsync(string expected)
    {
        var watch = Stopwatch.StartNew();
        string state = await HostState.ReadAsync(Host);
        while (state != expected && watch.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            state = await HostState.ReadAsync(Host);
        }

        string[] before = expected.Split('\n');
        string[] after = state.Split('\n');
        Assert.True(
            state == expected,
            $"left: {string.Join("; ", after.Except(before))}\nlost: {string.Join("; ", before.Except(after))}\n"
            + $"({before.Length} lines before, {after.Length} after)\n{Host.LogTail()}");
    }

    public ValueTask DisposeAsync() => hosts.DisposeAsync();
}
