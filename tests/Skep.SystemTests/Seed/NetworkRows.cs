using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using Skep.SystemTests.Overlays;
using static Skep.SystemTests.Overlays.OverlayTeam;

namespace Skep.SystemTests.Seed;

/// <summary>Services that reach each other and that everybody reaches: rows 14 to 20 and 34.</summary>
internal sealed class NetworkRows(Walk walk)
{
    private const string Nap = "postgres sleep 600";

    /// <summary>A page made of what the socket says, by the program that this machine asks such things with.</summary>
    private const string Visualizer =
        "bretfisher/visualizer sh -c 'mkdir -p /tmp/www/cgi-bin; printf \"#!/bin/sh\\necho\\nfor what in nodes "
        + "services tasks; do /usr/bin/curl -s --unix-socket /var/run/docker.sock http://d/v1.41/\\$what; done\\n\" "
        + ">/tmp/www/cgi-bin/viz; chmod +x /tmp/www/cgi-bin/viz; exec httpd -f -p 8080 -h /tmp/www'";

    /// <summary>busybox has no datagram server, so perl, which every Debian has, enters the task's network.</summary>
    private const string UdpEcho =
        "socket(S,PF_INET,SOCK_DGRAM,0); bind(S,sockaddr_in(53,INADDR_ANY)); alarm 30; "
        + "my $from=recv(S,my $what,99,0); send(S,$what,0,$from)";

    private const string UdpAsk =
        "socket(S,PF_INET,SOCK_DGRAM,0); connect(S,sockaddr_in($ARGV[1],inet_aton($ARGV[0]))); "
        + "for (1..30) { send(S,'ping',0); my $r=''; vec($r,fileno(S),1)=1; "
        + "if (select($r,undef,undef,0.5) && recv(S,my $b,99,0)) { print $b; exit } sleep 1 }";

    private static readonly TimeSpan answerTimeout = TimeSpan.FromSeconds(120);

    private readonly Session first = walk[1];

    public async Task PlayAsync()
    {
        await walk.NetworkRowAsync(15, OverlayAsync);
        await walk.NetworkRowAsync(18, AnyNodeAsync);
        await walk.NetworkRowAsync(19, NamesAsync);
        await walk.NetworkRowAsync(20, MeshAsync);
        await walk.NetworkRowAsync(17, SeveralAsync);
        await walk.NetworkRowAsync(16, EncryptAsync);
        await walk.NetworkRowAsync(14, VisualizeAsync);
        await walk.NetworkRowAsync(34, RunOfTheSeedAsync);
    }

    private async Task OverlayAsync()
    {
        await first.SayAsync("docker network create --driver overlay mydrupal");
        await first.SayAsync("docker network ls --filter name=mydrupal");
        await first.PrepareAsync("docker network create --driver overlay elsewhere");
        await first.PrepareAsync($"{Walk.Create} --name psql --network mydrupal -e POSTGRES_PASSWORD=mypass "
            + $"--constraint node.hostname==host1 {Nap}");
        await first.PrepareAsync($"{Walk.Create} --name stranger --network elsewhere --constraint "
            + $"node.hostname==host1 {Nap}");
        await first.PrepareAsync($"{Walk.Create} --name drupal --network mydrupal -p 80:80 --replicas 2 "
            + $"--constraint node.hostname!=host1 --replicas-max-per-node 1 {Who.Replace("test", "drupal")}");
        await walk.UntilServicesAsync("psql 1/1", "stranger 1/1", "drupal 2/2");
        string address = await walk[2].PrepareAsync(
            $"docker inspect -f '{{{{.NetworkSettings.Networks.mydrupal.IPAddress}}}}' {ContainerOf("drupal")}");
        foreach (string name in new[] { "drupal", address })
        {
            await first.UntilSaysAsync(In("psql", $"timeout 5 wget -qO- http://{name}/cgi-bin/who | wc -l"), "1");
        }

        await first.PrepareAsync($"! {In("stranger", "nslookup drupal")}");
        await first.PrepareAsync($"! {In("stranger", $"timeout 1 wget -qO- http://{address}/cgi-bin/who")}");
    }

    private async Task AnyNodeAsync()
    {
        // The first node runs no task of it.
        foreach (int number in new[] { 1, 2, 3 })
        {
            await UntilAnsweredAsync($"http://{walk[number].Host.Address}/cgi-bin/who");
        }
    }

    private async Task NamesAsync()
    {
        string address = await first.PrepareAsync(
            "docker service inspect -f '{{(index .Endpoint.VirtualIPs 1).Addr}}' drupal | cut -d/ -f1");
        string other = await first.PrepareAsync(
            "docker service inspect -f '{{(index .Endpoint.VirtualIPs 0).Addr}}' drupal | cut -d/ -f1");
        string lookup = await first.PrepareAsync(In("psql", "nslookup drupal"));
        Assert.True(lookup.Contains(address, StringComparison.Ordinal) || lookup.Contains(other), lookup);
        await first.UntilSaysAsync(In("psql", "nslookup drupal | grep -c '^Address.*10\\.'"), "1");
        await first.UntilSaysAsync(In("psql", "nslookup tasks.drupal | grep -c '^Address.*10\\.'"), "2");
        string answers = await first.PrepareAsync(
            In("psql", "sh -c 'for i in $(seq 20); do timeout 5 wget -qO- http://drupal/cgi-bin/who; done'"));
        Assert.Equal(2, answers.Split('\n').Distinct().Count());
        await first.PrepareAsync(
            $"{Walk.Create} --name list --endpoint-mode dnsrr --network mydrupal --replicas 3 {Nap}");
        await walk.UntilServicesAsync("list 3/3");
        await first.UntilSaysAsync(In("psql", "nslookup list | grep -c '^Address.*10\\.'"), "3");
    }

    private async Task MeshAsync()
    {
        var answers = new List<string>();
        for (int call = 0; call < 20; call++)
        {
            answers.Add(await walk.Hosts.FetchAsync($"http://{first.Host.Address}/cgi-bin/who"));
        }

        // Each task saw the caller's own address.
        Assert.All(answers, one => Assert.StartsWith(walk.Hosts.OutsideAddress + " ", one, StringComparison.Ordinal));
        Assert.Equal(2, answers.Distinct().Count());
        await first.PrepareAsync($"{Walk.Create} --name packets --constraint node.hostname==host2 -p 5353:53/udp "
            + $"-p 9999:9999/sctp {Nap}");
        await walk.UntilServicesAsync("packets 1/1");
        await first.SayAsync("docker service ls --filter name=packets --format '{{.Ports}}'");
        string process = await walk[2].PrepareAsync($"docker inspect -f '{{{{.State.Pid}}}}' {ContainerOf("packets")}");
        string[] perl = ["perl", "-MSocket", "-e"];
        Task<Finished> echoing = walk[2].Host.Inside(["nsenter", "-t", process, "-n", .. perl, UdpEcho]).RunAsync();
        Finished answer = await walk.Hosts.Outside([.. perl, UdpAsk, walk[3].Host.Address, "5353"]).RunAsync();
        Assert.Equal("ping", answer.Text);
        await echoing;
        await first.PrepareAsync("docker service rm drupal list packets stranger");
    }

    private async Task SeveralAsync()
    {
        await first.PrepareAsync($"{Walk.Create} --name both --network mydrupal --network elsewhere {Nap}");
        await first.PrepareAsync(
            $"{Walk.Create} --name far --network elsewhere --constraint node.hostname==host1 {Nap}");
        await first.PrepareAsync($"{Walk.Create} --name lone --constraint node.hostname==host1 {Nap}");
        await walk.UntilServicesAsync("both 1/1", "far 1/1", "lone 1/1");
        await first.UntilSaysAsync(In("psql", "nslookup both | grep -c '^Address.*10\\.'"), "1");
        await first.UntilSaysAsync(In("far", "nslookup both | grep -c '^Address.*10\\.'"), "1");
        await first.SayAsync("docker service inspect -f '{{len .Endpoint.VirtualIPs}}' both");
        await first.PrepareAsync($"! {In("lone", "nslookup both")}");
        await first.PrepareAsync("docker service rm both far lone psql");
    }

    private async Task EncryptAsync()
    {
        await first.PrepareAsync("docker network create --driver overlay --opt encrypted hidden");
        await first.PrepareAsync($"{Walk.Create} --name web --network hidden --network elsewhere "
            + $"--constraint node.hostname==host1 {Who}");
        await first.PrepareAsync($"{Walk.Create} --name client --network hidden --network elsewhere "
            + $"--constraint node.hostname==host2 {Nap}");
        await walk.UntilServicesAsync("web 1/1", "client 1/1");
        var lines = new List<string>();
        foreach (string network in new[] { "elsewhere", "hidden" })
        {
            string address = await first.PrepareAsync(
                $"docker inspect -f '{{{{.NetworkSettings.Networks.{network}.IPAddress}}}}' {ContainerOf("web")}");
            string line = In("client", $"timeout 5 wget -qO- 'http://{address}/cgi-bin/who?canary-{network}'");
            await walk[2].UntilSaysAsync($"{line} | wc -l", "1");
            lines.Add(line);
        }

        string seen = await walk.Hosts.CaptureAsync(() => walk[2].PrepareAsync(string.Join(" && ", lines)));
        Assert.Contains("canary-elsewhere", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-hidden", seen, StringComparison.Ordinal);
        await first.PrepareAsync("docker service rm web client");
    }

    private async Task VisualizeAsync()
    {
        await first.PrepareAsync(
            "docker service create -d -q --no-resolve-image --stop-grace-period 1s --name=viz --publish=8080:8080/tcp "
            + "--constraint=node.role==manager --mount=type=bind,src=${DOCKER_HOST#unix://},dst=/var/run/docker.sock "
            + "--mount type=bind,src=/usr,dst=/usr,ro --mount type=bind,src=/usr/lib,dst=/lib,ro "
            + $"--mount type=bind,src=/usr/lib64,dst=/lib64,ro {Visualizer}");
        await walk.UntilServicesAsync("viz 1/1");
        foreach (int number in new[] { 1, 2, 3 })
        {
            string page = await UntilAnsweredAsync($"http://{walk[number].Host.Address}:8080/cgi-bin/viz");
            Assert.All(
                ["\"Hostname\":\"host3\"", "\"Name\":\"viz\"", "\"DesiredState\":\"running\""],
                fact => Assert.Contains(fact, page, StringComparison.Ordinal));
        }

        await first.PrepareAsync("docker service rm viz");
    }

    private async Task RunOfTheSeedAsync()
    {
        await first.PrepareAsync($"{Walk.Create} --update-monitor 200ms -p 8088:80 --name web nginx:1.13.7");
        await first.SayAsync("docker service scale -d web=5");
        await walk.UntilServicesAsync("web 5/5");
        string page = $"http://{walk[3].Host.Address}";
        Assert.EndsWith(" v1", await UntilAnsweredAsync($"{page}:8088/"), StringComparison.Ordinal);
        await first.PrepareAsync($"{Walk.Update} --update-parallelism 0 --image nginx:1.13.6 web");
        await walk.UntilUpdateAsync("web", "completed");
        Assert.EndsWith(" v2", await UntilAnsweredAsync($"{page}:8088/"), StringComparison.Ordinal);
        await first.PrepareAsync($"{Walk.Update} --publish-rm 80 --publish-add 9090:80 web");
        await UntilAnsweredAsync($"{page}:9090/");
        await walk.UntilUpdateAsync("web", "completed");
        Assert.StartsWith("failed", await walk.Hosts.FetchAsync($"{page}:8088/"), StringComparison.Ordinal);
        await first.SayAsync("docker service ls --format '{{.Name}} {{.Replicas}} {{.Image}} {{.Ports}}'");

        // A node that was empty gets its part when the service is forced.
        await first.PrepareAsync("docker node update --availability drain host3");
        await walk[3].UntilAsync("echo \"<$(docker ps -q | wc -l)>\"", "<0>");
        await first.PrepareAsync("docker node update --availability active host3");
        await first.PrepareAsync($"{Walk.Update} --force web");
        await walk.UntilUpdateAsync("web", "completed");
        await first.SayAsync("docker service ps web --filter desired-state=running --format '{{.Node}}' | sort -u");
        await first.PrepareAsync("docker service rm web");
        await walk.UntilEmptyAsync();
        await first.SayAsync("docker network rm mydrupal elsewhere hidden");
    }

    private async Task<string> UntilAnsweredAsync(string url)
    {
        string answer = "";
        await Eventually.TrueAsync($"{url} is answered", answerTimeout, async () =>
        {
            answer = await walk.Hosts.FetchAsync(url);
            return !answer.StartsWith("failed", StringComparison.Ordinal);
        });
        return answer;
    }
}
