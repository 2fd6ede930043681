using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using static Skep.SystemTests.Overlays.OverlayTeam;

namespace Skep.SystemTests.Overlays;

/// <summary>Containers on several hosts that share networks (rows 15, 17 and 19 of the seed).</summary>
[Collection(SwarmPairCollection.Name)]
public sealed class OverlayTests(SwarmPair engines)
{
    private const int Nodes = 5;
    private const string CountAddresses = "grep -c '^Address.*10\\.'";
    private const string NineCalls =
        "sh -c 'for i in 1 2 3 4 5 6 7 8 9; do timeout 5 wget -qO- http://web/cgi-bin/who; done' | wc -l";

    [SkepFact]
    public Task Services_reach_each_other_by_name_from_every_node_to_every_node() => engines.PlayAsync(async team =>
    {
        await team.FormAsync(Nodes);
        // A manager that was told no address of its own must not become one that nobody can send to.
        await team[1].PrepareAsync("docker node promote host2");
        await team[1].PrepareAsync("docker network create -d overlay front");
        await team[1].PrepareAsync($"{Create} --name web --mode global --network front {Who}");
        await team[1].PrepareAsync($"{Create} --name client --mode global --network front test sleep 3600");
        await team.UntilServiceAsync($"web {Nodes}/{Nodes}");
        await team.UntilServiceAsync($"client {Nodes}/{Nodes}");

        string virtualAddress = await team[1].PrepareAsync(
            "docker service inspect -f '{{(index .Endpoint.VirtualIPs 0).Addr}}' web");
        virtualAddress = virtualAddress[..virtualAddress.IndexOf('/', StringComparison.Ordinal)];
        for (int number = 1; number <= Nodes; number++)
        {
            // Every task of the other service, by its own address: the same node and all others.
            await team[number].UntilSaysAsync(In("client", $"nslookup tasks.web | {CountAddresses}"), $"{Nodes}");
            await team[number].UntilSaysAsync(
                In("client", "sh -c 'for a in $(nslookup tasks.web | sed -n \"s/^Address.* \\(10[0-9.]*\\)$/\\1/p\"); "
                    + "do timeout 5 wget -qO- http://$a/cgi-bin/who; done' | wc -l"),
                $"{Nodes}");

            // And by the service's name, which is one address that leads to all of them.
            string lookup = await team[number].PrepareAsync(In("client", "nslookup web"));
            Assert.Contains(virtualAddress, lookup, StringComparison.Ordinal);
            string answers = await team[number].PrepareAsync(In(
                "client", "sh -c 'for i in $(seq 60); do timeout 5 wget -qO- http://web/cgi-bin/who; done'"));
            string[] servers = [.. answers.Split('\n').Select(static line => line.Split(' ')[1])];
            Assert.Equal(60, servers.Length);
            Assert.Equal(Nodes, servers.Distinct().Count());
            string own = await team[number].PrepareAsync(In("client", "hostname -i"));
            Assert.All(answers.Split('\n'), line => Assert.Contains(line.Split(' ')[0], own.Split(' ')));
        }
    });

    [SkepFact]
    public Task A_network_knows_nothing_of_another() => engines.PlayAsync(async team =>
    {
        await team.FormAsync(2);
        await team[1].PrepareAsync("docker network create -d overlay one; docker network create -d overlay two");
        await team[1].PrepareAsync($"{Create} --name web --network one --constraint node.hostname==host1 {Who}");
        await team[1].PrepareAsync($"{Create} --name both --mode global --network one --network two test sleep 3600");
        await team[1].PrepareAsync($"{Create} --name lone --mode global --network two test sleep 3600");
        await team[1].PrepareAsync($"{Create} --name list --replicas 2 --endpoint-mode dnsrr --network two {Who}");
        foreach (string service in new[] { "web 1/1", "both 2/2", "lone 2/2", "list 2/2" })
        {
            await team.UntilServiceAsync(service);
        }

        string address = await team[1].PrepareAsync(
            $"docker inspect -f '{{{{.NetworkSettings.Networks.one.IPAddress}}}}' {ContainerOf("web")}");
        for (int number = 1; number <= 2; number++)
        {
            await team[number].UntilSaysAsync(In("both", "timeout 5 wget -qO- http://web/cgi-bin/who | wc -l"), "1");
            await team[number].UntilSaysAsync(
                In("both", $"timeout 5 wget -qO- http://{address}/cgi-bin/who | wc -l"), "1");

            // One address on each network, and one way out.
            await team[number].UntilSaysAsync(
                $"docker inspect -f '{{{{len .NetworkSettings.Networks}}}}' {ContainerOf("both")}", "2");
            await team[number].PrepareAsync($"! {In("lone", "nslookup web")}");
            await team[number].PrepareAsync($"! {In("lone", $"timeout 3 wget -qO- http://{address}/cgi-bin/who")}");

            // Names of a service without a virtual address lead to its tasks.
            await team[number].UntilSaysAsync(In("lone", $"nslookup list | {CountAddresses}"), "2");
            await team[number].PrepareAsync(In("lone", "timeout 5 wget -qO- http://list/cgi-bin/who"));
        }
    });

    [SkepFact]
    public Task A_container_of_ones_own_joins_a_network_that_allows_it() => engines.PlayAsync(async team =>
    {
        await team.FormAsync(2);
        await team[1].PrepareAsync(
            "docker network create -d overlay --attachable --subnet 10.77.9.0/24 open; "
            + "docker network create -d overlay closed");
        await team[1].PrepareAsync($"{Create} --name web --network open --constraint node.hostname==host1 {Who}");
        await team.UntilServiceAsync("web 1/1");
        string answer = await team[2].PrepareAsync(
            "docker run --rm --network open test timeout 10 wget -qO- http://web/cgi-bin/who");
        Assert.StartsWith("10.", answer, StringComparison.Ordinal);
        string refused = await team[2].PrepareAsync("! docker run --rm --network closed test true 2>&1");
        Assert.Contains("network closed not manually attachable", refused, StringComparison.Ordinal);

        // It can be called, by its name, by a service on the other host, and has the address that it asked for.
        await team[2].PrepareAsync($"docker run -d --name mine --network open --ip 10.77.9.50 {Who}");
        await team[1].UntilSaysAsync(In("web", "timeout 5 wget -qO- http://mine/cgi-bin/who | wc -l"), "1");
        Assert.Contains("10.77.9.50", await team[1].PrepareAsync(In("web", "nslookup mine")));
        string taken = await team[1].PrepareAsync("! docker run --rm --network open --ip 10.77.9.50 test true 2>&1");
        Assert.Contains("address 10.77.9.50 is not to be had on network open", taken, StringComparison.Ordinal);
        string inUse = await team[1].PrepareAsync("! docker network rm open 2>&1");
        Assert.Contains("is in use by", inUse, StringComparison.Ordinal);
        await team[2].PrepareAsync("docker rm -f mine");
        await team[1].PrepareAsync("docker service rm web");
        await team[1].UntilSaysAsync(
            "docker network rm open >/dev/null 2>&1; docker network ls -qf name=open | wc -l", "0");
    });

    [SkepFact]
    public Task What_an_encrypted_network_carries_cannot_be_read_on_the_way() => engines.PlayAsync(async team =>
    {
        await team.FormAsync(2);
        await team[1].PrepareAsync(
            "docker network create -d overlay --opt encrypted hidden; docker network create -d overlay open; "
            + "docker network create -d overlay --opt encrypted --opt com.docker.network.driver.mtu=8870 large");
        const string networks = "--network hidden --network open --network large";
        await team[1].PrepareAsync($"{Create} --name web {networks} --constraint node.hostname==host1 {Who}");
        await team[1].PrepareAsync(
            $"{Create} --name client {networks} --constraint node.hostname==host2 test sleep 3600");
        await team.UntilServiceAsync("web 1/1");
        await team.UntilServiceAsync("client 1/1");
        foreach ((string network, bool isReadable) in new[] { ("open", true), ("hidden", false), ("large", false) })
        {
            string address = await team[1].PrepareAsync(
                $"docker inspect -f '{{{{.NetworkSettings.Networks.{network}.IPAddress}}}}' {ContainerOf("web")}");
            string url = $"http://{address}/cgi-bin/who?canary-{network}";
            await team[2].UntilSaysAsync(In("client", $"timeout 5 wget -qO- '{url}' | wc -l"), "1");
            string seen = await engines.Subjects.CaptureAsync(
                () => team[2].PrepareAsync(In("client", $"timeout 5 wget -qO- '{url}'")));
            Assert.Equal(isReadable, seen.Contains($"canary-{network}", StringComparison.Ordinal));
        }

        // What asked for large packets has them, from end to end, and nothing else has.
        string link = (await team[2].Host.Inside("ip", "-o", "link").CheckAsync()).Text;
        Assert.Matches("skw[^\n]* mtu 8920 ", link);
        string within = await team[2].PrepareAsync(In("client", "ip -o link"));
        Assert.Contains(" mtu 8870 ", within);
        Assert.Contains(" mtu 1370 ", within);
        string far = await team[1].PrepareAsync(
            $"docker inspect -f '{{{{.NetworkSettings.Networks.large.IPAddress}}}}' {ContainerOf("web")}");
        await team[2].UntilSaysAsync(In("client", $"ping -c 1 -W 5 -s 8842 {far} | grep -c ' 0% packet loss'"), "1");

        // The program's sockets hold 7 MiB, not the system's 208 KiB; the kernel shows the double.
        Assert.Contains("rb14680064", (await team[2].Host.Inside("ss", "-lunm").CheckAsync()).Text);
        await ChangeKeyAsync(team);
        await team[2].PrepareAsync("docker swarm leave");
        Assert.DoesNotContain("skw", (await team[2].Host.Inside("ip", "-o", "link").CheckAsync()).Text);
    });

    /// <summary>Has the second node take another key while it calls the first one: no call is lost.</summary>
    private static async Task ChangeKeyAsync(Team team)
    {
        string file = team[2].Host.Outside("/run/skep/wireguard.key");
        string before = (await File.ReadAllLinesAsync(file))[0];
        string address = await team[1].PrepareAsync(
            $"docker inspect -f '{{{{.NetworkSettings.Networks.hidden.IPAddress}}}}' {ContainerOf("web")}");
        string call = $"timeout 20 wget -qO- http://{address}/cgi-bin/who >/dev/null && echo kept || echo lost";
        Command caller = team[2].Host.Shell(In(
            "client", $"sh -c 'until [ -e /tmp/done ]; do {call}; sleep 0.2; done; {call}'"));
        Task<Finished> calling = (caller with { Timeout = TimeSpan.FromSeconds(240) }).RunAsync();
        await team[1].PrepareAsync("docker node update --label-add skep.network-key=2 host2");
        await Eventually.TrueAsync("host2 has another key", TimeSpan.FromSeconds(180), async () =>
            (await File.ReadAllLinesAsync(file))[0] != before);
        await team[2].PrepareAsync(In("client", "touch /tmp/done"));
        string[] calls = (await calling).Text.Split('\n');
        Assert.All(calls, one => Assert.Equal("kept", one));
        Assert.True(calls.Length > 3, $"{calls.Length} calls were made");
    }

    [SkepFact]
    public Task Names_and_ways_stay_when_managers_and_daemons_are_away() => engines.PlayAsync(async team =>
    {
        await team.FormAsync(3);
        await team[1].PrepareAsync("docker network create -d overlay front");
        await team[1].PrepareAsync($"{Create} --name web --mode global --network front {Who}");
        await team.UntilServiceAsync("web 3/3");
        string ask = In("web", NineCalls);
        await team[2].UntilSaysAsync(ask, "9");
        await team[1].Host.KillEngineAsync();
        await team[2].UntilSaysAsync(ask, "9");

        // The daemon beside it comes back without a manager to ask, and its containers never notice.
        string container = await team[2].PrepareAsync($"echo {ContainerOf("web")}");
        await team[2].Host.KillEngineAsync();
        await team[2].Host.StartEngineAsync();
        Assert.Equal(container, await team[2].PrepareAsync($"echo {ContainerOf("web")}"));
        await team[2].UntilSaysAsync(ask, "9");
        await team[1].Host.StartEngineAsync();
        await team.UntilServiceAsync("web 3/3");

        // A power failure ends the containers; new ones are found at once by those that stayed.
        await team[3].Host.RebootAsync();
        await team.UntilServiceAsync("web 3/3");
        await team[2].UntilSaysAsync(In("web", $"nslookup tasks.web | {CountAddresses}"), "3");
        await team[2].UntilSaysAsync(ask, "9");
        await team[3].UntilSaysAsync(ask, "9");
    });
}
