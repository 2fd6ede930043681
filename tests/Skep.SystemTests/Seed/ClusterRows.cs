using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Seed;

/// <summary>Hosts become a swarm: rows 1 to 8.</summary>
internal sealed class ClusterRows(Walk walk)
{
    private const string Canary = "canary-2106-of-the-walk";

    private readonly Session first = walk[1];

    public async Task PlayAsync()
    {
        await walk.RowAsync(1, async () => Assert.Equal(
            "Swarm: inactive", await first.SayAsync("docker info 2>/dev/null | grep -o 'Swarm:.*'")));
        await walk.RowAsync(6, HelpAsync);
        await walk.RowAsync(2, InitAsync);
        await walk.RowAsync(3, InitAtAnAddressAsync);
        await walk.RowAsync(5, ChangeTokensAsync);
        await walk.RowAsync(4, JoinAndLeaveAsync);
        await walk.RowAsync(7, ListNodesAsync);
        await walk.RowAsync(8, ChangeRolesAsync);
    }

    private async Task InitAsync()
    {
        string printed = await first.SayAsync("docker swarm init");
        Assert.Contains($" {first.Host.Address}:2377\n", printed, StringComparison.Ordinal);
        Assert.Contains("SWMTKN-1-", printed, StringComparison.Ordinal);
        Assert.Contains("BEGIN CERTIFICATE", await first.SayAsync("docker swarm ca"), StringComparison.Ordinal);
        await first.SayAsync($"echo {Canary} | docker secret create canary -");
        await first.SayAsync($"echo {Canary} | docker config create canary -");

        // Nothing of it stands in clear on the disk: as it was given, or as the API carries it.
        foreach (string clear in new[] { Canary, "Y2FuYXJ5LTIxMDYtb2YtdGhlLXdhb", "SWMTKN-1-" })
        {
            Finished found = await new Command("grep", "-rlaF", clear, $"{first.Host.DataRoot}/swarm").RunAsync();
            Assert.True(found.ExitCode == 1, $"{clear} stands in clear in\n{found}");
        }

        // Managers speak TLS, and with those who have a certificate of the swarm.
        Finished plain = await walk.Hosts.Outside(
            "curl", "-s", "--noproxy", "*", "--max-time", "5", $"http://{first.Host.Address}:2377/").RunAsync();
        Assert.True(plain.ExitCode != 0, $"{plain}");
        await first.SayAsync("docker swarm leave --force");
    }

    private async Task InitAtAnAddressAsync()
    {
        string printed = await first.SayAsync(
            "docker swarm init --advertise-addr eth0:3377 --listen-addr 0.0.0.0:3377 --data-path-addr eth0 "
            + "--data-path-port 5789 --default-addr-pool 10.20.0.0/16 --default-addr-pool-mask-length 26 --autolock "
            + "--availability drain --cert-expiry 720h --dispatcher-heartbeat 7s --task-history-limit 2");
        Assert.Contains($" {first.Host.Address}:3377\n", printed, StringComparison.Ordinal);
        await first.SayAsync("docker info -f '{{json .Swarm.Cluster.Spec}} {{.Swarm.Cluster.DataPathPort}}'");
        await first.SayAsync("docker swarm leave --force");
        printed = await first.SayAsync($"docker swarm init --advertise-addr {first.Host.Address}");
        Assert.Contains($" {first.Host.Address}:2377\n", printed, StringComparison.Ordinal);
    }

    private async Task ChangeTokensAsync()
    {
        string old = await first.PrepareAsync("docker swarm join-token -q worker");
        await walk.Team.JoinAsync(2, "worker");
        await first.SayAsync("docker swarm join-token worker && docker swarm join-token manager");
        await first.SayAsync("docker swarm join-token --rotate worker");
        Finished refused = await walk[3].TypeAsync(
            $"docker swarm join --token {old} {first.Host.Address}:2377 2>&1");
        Assert.NotEqual(0, refused.ExitCode);
        await walk.Team.JoinAsync(3, "worker");
        await walk.Team.UntilNodeAsync("host2 Ready");
        await walk.Team.UntilNodeAsync("host3 Ready");
    }

    private async Task JoinAndLeaveAsync()
    {
        await first.TypeAsync("docker swarm leave 2>&1");
        await walk[3].SayAsync("docker swarm leave");
        await walk.Team.UntilNodeAsync("host3 Down");
        await walk.Team.NodesAsync();
        await first.SayAsync("docker node rm host3");

        // By the command as it is printed.
        string printed = await first.PrepareAsync("docker swarm join-token worker");
        string command = printed.Split('\n').Single(line => line.Contains("swarm join --token")).Trim();
        Assert.Equal("This node joined a swarm as a worker.", await walk[3].PrepareAsync(command));
        await walk.Team.UntilNodeAsync("host3 Ready");
    }

    /// <summary>Whatever the genuine CLI's help names, this one's names too.</summary>
    private async Task HelpAsync()
    {
        string genuine = Environment.GetEnvironmentVariable("PATH")!;
        string missing = await first.PrepareAsync($$"""
            words() { PATH=$1 docker swarm $2 --help 2>&1 | grep -oE '^  +[a-z-]+ |--[a-z-]+' | sort -u; }
            for command in '' ca init join join-token leave unlock unlock-key update; do
                comm -23 <(words '{{genuine}}' "$command") <(words "$PATH" "$command")
            done
            """);
        Assert.Equal("", missing);
    }

    private async Task ListNodesAsync()
    {
        string table = await first.SayAsync(
            "docker node ls | sed \"s/$(docker version -f '{{.Server.Version}}')/<version>/; s/ *$//\"");
        Assert.Matches(
            @"^ID +HOSTNAME +STATUS +AVAILABILITY +MANAGER STATUS +ENGINE VERSION\n"
            + @"[a-z0-9]{25} \* +host1 +Ready +Active +Leader +<version>\n",
            table);
        await walk[2].TypeAsync("docker node ls 2>&1");
    }

    private async Task ChangeRolesAsync()
    {
        await first.SayAsync("docker node promote host2");
        await walk.Team.UntilNodeAsync("host2 Ready Active Reachable");
        await walk[2].UntilAsync("docker node ls 2>&1", "host3");
        await walk.Team.NodesAsync();
        await first.SayAsync("docker node update --role worker host2");
        await walk[2].UntilAsync("docker node ls 2>&1", "Worker nodes can't be used");
        // The real engine has two reasons for the same refusal, and which it gives is a matter of time.
        await first.TypeAsync(
            "docker node demote host1 2>&1 "
            + "| sed -E 's/attempting .* last manager.*|can.t remove .* quorum/<refused>/'");
        await walk.Team.NodesAsync();
    }
}
