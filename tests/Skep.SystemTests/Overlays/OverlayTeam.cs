using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Overlays;

/// <summary>What the tests of networks say again and again.</summary>
internal static class OverlayTeam
{
    public const string Create = "docker service create -d -q --no-resolve-image --stop-grace-period 1s";

    /// <summary>
    /// Answers every call to port 80 with a line: the caller's address, the host name, the server's address.
    /// </summary>
    public const string Who =
        "test sh -c 'mkdir -p /tmp/www/cgi-bin; "
        + "printf \"#!/bin/sh\\necho; echo \\$REMOTE_ADDR $(hostname)\\n\" >/tmp/www/cgi-bin/who; "
        + "chmod +x /tmp/www/cgi-bin/who; exec httpd -f -p 0.0.0.0:80 -h /tmp/www'";

    /// <summary>The id of this host's container of a service.</summary>
    public static string ContainerOf(string service) =>
        $"$(docker ps -q --filter label=com.docker.swarm.service.name={service} | head -n 1)";

    /// <summary>A line that is run in this host's container of a service.</summary>
    public static string In(string service, string line) => $"docker exec {ContainerOf(service)} {line}";

    /// <summary>So many nodes, of which the first is the manager, with the images of the tests.</summary>
    public static Task FormAsync(this Team team, int count) => team.ServeAsync(count);

    /// <summary>A GET from outside of all hosts.</summary>
    public static async Task<string> FetchAsync(this TestHosts hosts, string url)
    {
        Finished finished = await hosts.Outside("curl", "-s", "-S", "--max-time", "10", url).RunAsync();
        return finished.ExitCode == 0 ? finished.Text : $"failed: {finished}";
    }

    /// <summary>All that passes between the hosts by UDP while something is done, as text where it is any.</summary>
    /// <remarks>
    /// The capture begins when a packet of ours is in it, and ends when a later one is: how long either takes is no
    /// matter.
    /// </remarks>
    public static async Task<string> CaptureAsync(this TestHosts hosts, Func<Task> work)
    {
        string file = Path.Combine(hosts.Folder, "capture-" + Path.GetRandomFileName());
        Task<Finished> capturing = hosts.Outside(
            "bash", "-c",
            $"timeout 80 tcpdump -n -i {TestHosts.Bridge} -A -s 0 -l udp >{file} 2>&1 & capture=$!; "
            + $"until grep -q the-end {file}; do sleep 0.2; done; kill $capture").RunAsync();
        await SpeakUntilSeenAsync(hosts, file, "the-begin");
        await work();
        await SpeakUntilSeenAsync(hosts, file, "the-end");
        await capturing;
        return await File.ReadAllTextAsync(file);
    }

    private static Task SpeakUntilSeenAsync(TestHosts hosts, string file, string word) => Eventually.TrueAsync(
        $"'{word}' is captured", TimeSpan.FromSeconds(30), async () =>
        {
            await hosts.Outside("bash", "-c", $"echo {word} >/dev/udp/{hosts.AddressOf(1)}/9").RunAsync();
            return File.Exists(file) && (await File.ReadAllTextAsync(file)).Contains(word, StringComparison.Ordinal);
        });

    /// <summary>Waits until a line says nothing but this.</summary>
    public static async Task UntilSaysAsync(this Session user, string line, string text)
    {
        string last = "";
        try
        {
            await Eventually.TrueAsync($"'{line}' says '{text}'", TimeSpan.FromSeconds(180), async () =>
            {
                Finished finished = await user.Host.Shell(line).RunAsync();
                last = finished.ToString();
                return finished.Text == text;
            });
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}\n{last}\n{user.Host.LogTail()}", error);
        }
    }
}
