using System.Net;
using System.Net.Sockets;
using System.Text;
using Skep.Linux.Namespaces;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using static Skep.SystemTests.Overlays.OverlayTeam;

namespace Skep.SystemTests.Overlays;

/// <summary>A swarm whose nodes know each other by IPv6, with services that are called by it.</summary>
[Collection(SwarmPairCollection.Name)]
public sealed class IPv6Tests(SwarmPair engines)
{
    private const int Nodes = 3;
    private const string Outside = "fd88::fe";

    [SkepFact]
    public Task A_swarm_over_IPv6_carries_networks_and_shows_tasks_who_called() => engines.PlayAsync(async team =>
    {
        await AddressAsync(team, "replace");
        try
        {
            await PlayAsync(team);
        }
        finally
        {
            await AddressAsync(team, "del");
        }
    });

    private async Task PlayAsync(Team team)
    {
        await FormAsync(team);
        await team[1].PrepareAsync("docker network create -d overlay --ipv6 --opt encrypted front");
        await team[1].PrepareAsync("docker network create -d overlay --ipv6 --subnet fd00:60::/64 six");
        await team[1].PrepareAsync(
            $"{Create} --name web --mode global --network six --network front -p 8080:80 -p 5353:53/udp "
            + $"--hostname '{{{{.Node.Hostname}}}}' {Who.Replace("-p 0.0.0.0:80", "-p 80", StringComparison.Ordinal)}");
        await team.UntilServiceAsync($"web {Nodes}/{Nodes}");
        for (int number = 1; number <= Nodes; number++)
        {
            await CallAsync(team, number);
        }

        await SendAsync(team);
    }

    private async Task FormAsync(Team team)
    {
        await Task.WhenAll(team.All.Take(Nodes).Select(user => user.Host.HaveImagesAsync()));
        await team[1].PrepareAsync($"docker swarm init --advertise-addr {AddressOf(1)}");
        string command = (await team[1].PrepareAsync("docker swarm join-token worker")).Split('\n')
            .Single(line => line.Contains("swarm join --token", StringComparison.Ordinal)).Trim();
        Assert.EndsWith($" [{AddressOf(1)}]:2377", command, StringComparison.Ordinal);
        await team[2].PrepareAsync(command);
        await team[3].PrepareAsync($"{command} --advertise-addr {AddressOf(3)}");
        for (int number = 1; number <= Nodes; number++)
        {
            await team.UntilNodeAsync($"host{number} Ready");
            string told = await team[1].PrepareAsync($"docker node inspect -f '{{{{.Status.Addr}}}}' host{number}");
            Assert.Equal(AddressOf(number), told);
        }

        string manager = $"[{AddressOf(1)}]:2377";
        Assert.Equal(manager, await team[1].PrepareAsync("docker node inspect -f '{{.ManagerStatus.Addr}}' host1"));
        Assert.Contains(manager, await team[3].PrepareAsync("docker info"), StringComparison.Ordinal);

        // A routing mesh that has IPv6 is asked for.
        await team[1].PrepareAsync("echo y | docker network rm ingress");
        await team[1].UntilSaysAsync("docker network ls -q --filter name=ingress | wc -l", "0");
        await team[1].PrepareAsync(
            "docker network create -d overlay --ingress --ipv6 --subnet 10.0.0.0/24 --subnet fd00:1::/64 ingress");
    }

    /// <summary>From outside at this node, and from its own task to the others.</summary>
    private async Task CallAsync(Team team, int number)
    {
        string url = $"http://[{AddressOf(number)}]:8080/cgi-bin/who";
        await Eventually.TrueAsync($"{url} is answered", TimeSpan.FromSeconds(60), async () =>
            !(await engines.Subjects.FetchAsync(url)).StartsWith("failed", StringComparison.Ordinal));
        var answers = new List<string>();
        for (int call = 0; call < 30; call++)
        {
            answers.Add(await engines.Subjects.FetchAsync(url));
        }

        Assert.Equal([$"[{Outside}] host1", $"[{Outside}] host2", $"[{Outside}] host3"], answers.Distinct().Order());
        foreach (string own in new[] { "::1", AddressOf(number) })
        {
            await team[number].Host.Inside(
                "curl", "-s", "-S", "--max-time", "10", $"http://[{own}]:8080/cgi-bin/who").CheckAsync();
        }

        // Its tunnels, in clear and encrypted, lead to all tasks by both families.
        string looked = await team[number].PrepareAsync(In("web", "nslookup tasks.web"));
        string[] addresses =
        [
            .. looked.Split('\n').Select(static line => line.Trim()).Where(static line =>
                    line.StartsWith("Address", StringComparison.Ordinal) && !line.Contains("127.0.0.11"))
                .Select(static line => line[(line.LastIndexOf(' ') + 1)..]),
        ];
        Assert.True(addresses.Length >= 2 * Nodes, looked);
        foreach (string address in addresses)
        {
            string host = address.Contains(':') ? $"[{address}]" : address;
            await team[number].PrepareAsync(In("web", $"timeout 10 wget -qO- http://{host}/cgi-bin/who"));
        }
    }

    /// <summary>Packets of UDP to each node reach all tasks, are answered, and say who sent them.</summary>
    private async Task SendAsync(Team team)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(120), TimeProvider.System);
        var answering = new List<Task>();
        for (int number = 1; number <= Nodes; number++)
        {
            Socket server = PacketsIn(await SpaceOfTaskAsync(team, number));
            server.Bind(new IPEndPoint(IPAddress.IPv6Any, 53));
            answering.Add(TellSendersAsync(server, $"host{number}", end.Token));
        }

        for (int number = 1; number <= Nodes; number++)
        {
            var answers = new List<string>();
            for (int call = 0; call < 30; call++)
            {
                using Socket client = PacketsIn("/run/netns/" + engines.Subjects.NamespaceOf(0));
                await client.ConnectAsync(IPEndPoint.Parse($"[{AddressOf(number)}]:5353"), end.Token);
                await client.SendAsync("who"u8.ToArray(), end.Token);
                var answer = new byte[100];
                answers.Add(Encoding.ASCII.GetString(answer, 0, await client.ReceiveAsync(answer, end.Token)));
            }

            Assert.Equal([$"{Outside} host1", $"{Outside} host2", $"{Outside} host3"], answers.Distinct().Order());
        }

        await end.CancelAsync();
        await Task.WhenAll(answering);

        await AssertRefusedAsync(team);
    }

    /// <summary>A task without a way out by IPv6 hears at once that there is none.</summary>
    private static async Task AssertRefusedAsync(Team team)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using Socket lost = PacketsIn(await SpaceOfTaskAsync(team, 1));
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await lost.ConnectAsync(IPEndPoint.Parse("[2001:db8::1]:53"), patience.Token);
            await lost.SendAsync("who"u8.ToArray(), patience.Token);
            await lost.ReceiveAsync(new byte[100], patience.Token);
        });
    }

    private static async Task<string> SpaceOfTaskAsync(Team team, int number)
    {
        string pid = await team[number].PrepareAsync($"docker inspect -f '{{{{.State.Pid}}}}' {ContainerOf("web")}");
        return team[number].Host.Outside($"/proc/{pid}/ns/net");
    }

    /// <summary>Answers each packet with its sender's address and a name.</summary>
    private static async Task TellSendersAsync(Socket server, string name, CancellationToken end)
    {
        using Socket own = server;
        var buffer = new byte[100];
        try
        {
            while (true)
            {
                SocketReceiveFromResult got =
                    await own.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0), end);
                string answer = $"{((IPEndPoint)got.RemoteEndPoint).Address} {name}";
                await own.SendToAsync(Encoding.ASCII.GetBytes(answer), got.RemoteEndPoint, end);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has what it wanted.
        }
    }

    private static Socket PacketsIn(string space) => NetworkNamespace.Enter(
        space, static () => new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp));

    private Task AddressAsync(Team team, string change) => Task.WhenAll(
        team.All.Take(Nodes).Select(user => user.Host.Inside(
            "ip", "addr", change, AddressOf(user.Host.Number) + "/64", "dev", "eth0", "nodad").CheckAsync())
        .Append(engines.Subjects.Outside(
            "ip", "addr", change, Outside + "/64", "dev", TestHosts.Bridge, "nodad").CheckAsync()));

    private static string AddressOf(int number) => $"fd88::{number}";
}
