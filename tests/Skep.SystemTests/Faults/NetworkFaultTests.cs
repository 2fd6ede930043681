using System.Diagnostics;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using Skep.SystemTests.Overlays;
using Xunit.Abstractions;
using static Skep.SystemTests.Overlays.OverlayTeam;

namespace Skep.SystemTests.Faults;

/// <summary>Networks while leaders die, daemons are killed again and again, and a node is cut off.</summary>
[Collection(SwarmPairCollection.Name)]
public class NetworkFaultTests(SwarmPair engines, ITestOutputHelper output)
{
    private const int Nodes = 5;
    private const int Managers = 3;
    private const string Cut = "host5";

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(180);

    /// <summary>Longer than the twenty minutes after which connections of the original's services end.</summary>
    private static readonly TimeSpan idleInSoak = TimeSpan.FromMinutes(21);

    private readonly Stopwatch watch = Stopwatch.StartNew();

    [SkepFact]
    public Task Kernels_agree_with_the_store_whoever_dies_or_is_cut_off_and_no_call_fails() =>
        engines.PlayAsync(async team =>
        {
            await FormAsync(team);
            IdleConnection[] idle = await HoldAsync(team);
            var opened = Stopwatch.StartNew();
            string pair = await PairAsync(team);
            await CallByIPv6Async(team);
            await LeaderDiesAsync(team);
            Note("a leader has died");

            // One is cut off, and of the others one after another is killed while services change.
            TestHost away = team[Nodes].Host;
            await away.CutAsync();
            var changes = new NetworkChanges(team, Managers, seed: 5);
            for (int round = 0; round < Soak.Or(4, 100); round++)
            {
                await changes.KillWhileChangingAsync(round);
            }

            Note(string.Join('\n', changes.Done));
            await team.UntilNodeAsync($"{Cut} Down");
            await AgreeAsync(team, Nodes - 1);
            await away.HealAsync();
            await team.UntilNodeAsync($"{Cut} Ready");
            await AgreeAsync(team, Nodes);
            await NamesLeadToLivingTasksAsync(team);

            // Whoever held a connection through all of this, and was not moved away by it, still has it.
            if (Soak.IsAsked && idleInSoak > opened.Elapsed)
            {
                await Task.Delay(idleInSoak - opened.Elapsed, TimeProvider.System);
            }

            bool isSamePair = pair == await PairAsync(team);
            foreach (IdleConnection connection in idle)
            {
                string heard = await connection.CloseAsync();
                Assert.True(!isSamePair || heard.Contains("first last", StringComparison.Ordinal), heard);
            }
        });

    private async Task FormAsync(Team team)
    {
        await team.ServeAsync(Nodes);
        await team[1].PrepareAsync("docker node promote host2 host3");
        await team[1].PrepareAsync("docker network create -d overlay front; "
            + "docker network create -d overlay --ipv6 --subnet 10.60.0.0/24 --subnet fd00:60::/64 six");
        await team[1].PrepareAsync($"{Create} --name web --replicas 6 --network front --network six -p 8080:80 web:1");
        await team[1].PrepareAsync(
            $"{Create} --name client --mode global --network front --network six test sleep 3600");
        await team[1].PrepareAsync($"{Create} --name echo --network front -p 7000:7000 "
            + "--constraint node.hostname==host2 test nc -ll -p 7000 -e cat");
        await team.UntilServiceAsync("web 6/6");
        await team.UntilServiceAsync($"client {Nodes}/{Nodes}");
        await team.UntilServiceAsync("echo 1/1");
        await team[1].UntilSaysAsync(
            "docker node ls --format '{{.ManagerStatus}}' | grep -c -E 'Leader|Reachable'", $"{Managers}");
        await AgreeAsync(team, Nodes);
    }

    /// <summary>One connection to a service's address, one to a published port, each over two nodes.</summary>
    private async Task<IdleConnection[]> HoldAsync(Team team)
    {
        string notes = team[1].Host.Share;
        string container = await team[4].PrepareAsync($"docker inspect -f '{{{{.Id}}}}' {ContainerOf("client")}");
        NetworkFacts facts = await NetworkFacts.ReadAsync(team[1].Host);
        string echo = facts.AddressOf("echo", "front", isIPv4: true);
        IdleConnection[] idle =
        [
            new(InNetworkOf(team[4].Host, container), Path.Combine(notes, "vip"), echo, 7000),
            new(
                line => engines.Subjects.Outside("bash", "-c", line), Path.Combine(notes, "mesh"),
                team[3].Host.Address, 7000),
        ];
        await Task.WhenAll(idle.Select(static one => one.OpenAsync()));
        return idle;
    }

    /// <summary>Names, services' addresses and tasks' own on a network of both families, from every node.</summary>
    private async Task CallByIPv6Async(Team team)
    {
        NetworkFacts facts = await NetworkFacts.ReadAsync(team[1].Host);
        string web = facts.AddressOf("web", "six", isIPv4: false);
        string[] tasks = facts.TasksOf("web", "six", isIPv4: false);
        Assert.Equal(6, tasks.Distinct().Count());
        foreach (Session user in team.All)
        {
            Assert.Contains(web, await user.PrepareAsync(In("client", "nslookup web")), StringComparison.Ordinal);
            string each = string.Join(' ', tasks);
            await user.UntilSaysAsync(
                In("client", $"sh -c 'for a in {each}; do timeout 5 wget -qO- http://[$a]/; done' | sort -u | wc -l"),
                "6");
            string heard = await user.PrepareAsync(In(
                "client", $"sh -c 'for i in $(seq 30); do timeout 5 wget -qO- http://[{web}]/; done'"));
            Assert.Equal(30, heard.Split('\n').Length);
            Assert.InRange(heard.Split('\n').Distinct().Count(), 2, 6);

            // A published port at the node's own address.
            string shown = (await user.Host.Inside("ip", "-6", "-o", "addr", "show", "dev", "eth0", "scope", "link")
                .CheckAsync()).Text;
            string own = shown.Split("inet6 ")[1].Split('/')[0];
            string url = $"http://[{own}%25{TestHosts.Bridge}]:8080/";
            await Eventually.TrueAsync($"{url} is answered", patience, async () =>
                (await engines.Subjects.FetchAsync(url)).EndsWith(" v1", StringComparison.Ordinal));
        }

        Note("all is reached by IPv6");
    }

    /// <summary>The containers at both ends of the connection that a task holds.</summary>
    private static async Task<string> PairAsync(Team team) =>
        await team[2].PrepareAsync($"echo {ContainerOf("echo")}")
        + await team[4].PrepareAsync($"echo {ContainerOf("client")}");

    /// <summary>No call fails meanwhile but those that the dead daemon itself would have to answer: names.</summary>
    private async Task LeaderDiesAsync(Team team)
    {
        TestHost[] managers = [.. team.All.Take(Managers).Select(static user => user.Host)];
        TestHost? leader = null;
        await Eventually.TrueAsync("a manager leads", patience, async () =>
            (leader = await FaultSwarm.LeaderOfAsync(managers)) is not null);
        CallLoops calls = await CallFromEverywhereAsync(team, leader!);
        try
        {
            await leader!.KillEngineAsync();
            TestHost other = managers.First(manager => manager != leader);
            await NetworkChanges.SayAsync(other, "docker network create -d overlay late");
            await NetworkChanges.SayAsync(
                other, $"{Create} --name late --replicas 3 --network late --network front web:1");
            await FaultSwarm.UntilAsync(other, "docker service ls --format '{{.Name}} {{.Replicas}}'", "late 3/3");
            await leader.StartEngineAsync();
            await AgreeAsync(team, Nodes);
        }
        finally
        {
            (int count, List<string> failures) = await calls.EndAsync();
            output.WriteLine($"{count} calls were made");
            Assert.True(failures.Count == 0, string.Join('\n', failures));
        }
    }

    private async Task<CallLoops> CallFromEverywhereAsync(Team team, TestHost leader)
    {
        var calls = new CallLoops(team[1].Host.Share);
        string web = (await NetworkFacts.ReadAsync(team[1].Host)).AddressOf("web", "front", isIPv4: true);
        foreach (Session user in team.All)
        {
            string url = $"http://{user.Host.Address}:8080/";
            string container = await user.PrepareAsync($"docker inspect -f '{{{{.Id}}}}' {ContainerOf("client")}");
            calls.Add(
                url, line => engines.Subjects.Outside("bash", "-c", line), $"curl -sS --max-time 10 {url} >/dev/null");
            calls.Add(
                $"{user.Host.Name}'s container to {web}", InNetworkOf(user.Host, container),
                $"curl -sS --max-time 10 http://{web}/ >/dev/null");
            if (user.Host != leader)
            {
                calls.AddIn(user.Host, container, "timeout 10 wget -qO /dev/null http://web/");
            }
        }

        return calls;
    }

    /// <summary>Every node's names lead to exactly those tasks that are to be called.</summary>
    private static async Task NamesLeadToLivingTasksAsync(Team team)
    {
        NetworkFacts facts = await NetworkFacts.ReadAsync(team[1].Host);
        string living = string.Join('\n', facts.TasksOf("web", "front", isIPv4: true));
        string subnet = living.Split('\n')[0];
        subnet = subnet[..(subnet.LastIndexOf('.') + 1)];
        foreach (Session user in team.All)
        {
            await user.UntilSaysAsync(
                In("client", "nslookup tasks.web.front")
                    + $" | sed -n 's/^Address.* \\({subnet}[0-9]*\\)$/\\1/p' | LC_ALL=C sort",
                living);
            await user.PrepareAsync(In("client", "timeout 10 wget -qO- http://web/"));
        }
    }

    private static Func<string, Command> InNetworkOf(TestHost host, string container) => line => host.Inside(
        "nsenter", $"--net={host.Kind.ExecRoot}/netns/{container}", "bash", "-c", line);

    /// <summary>Waits until the kernels of the first hosts hold what the store says, and nothing else.</summary>
    private async Task AgreeAsync(Team team, int hostCount)
    {
        string difference = "nobody looked yet";
        try
        {
            await Eventually.TrueAsync("kernels and store agree", patience, async () =>
            {
                difference = await CompareAsync(team, hostCount);
                return difference.Length == 0;
            });
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}: {difference}\n{team[1].Host.LogTail()}", error);
        }

        Note($"{hostCount} kernels agree with the store");
    }

    private static async Task<string> CompareAsync(Team team, int hostCount)
    {
        NetworkFacts facts;
        try
        {
            facts = await NetworkFacts.ReadAsync(team[1].Host);
        }
        catch (HttpRequestException error)
        {
            return error.Message; // It has no leader to ask yet.
        }

        Assert.Empty(facts.Duplicates);
        if (facts.Unsettled.Count > 0)
        {
            return string.Join('\n', facts.Unsettled);
        }

        foreach (TestHost host in team.All.Take(hostCount).Select(static user => user.Host))
        {
            SortedSet<string> wanted = facts.WantedOf(host), found = await KernelNetworks.ReadAsync(host);
            string[] wrong =
            [
                .. wanted.Except(found).Select(static line => "missing: " + line),
                .. found.Except(wanted).Select(static line => "too much: " + line),
            ];
            if (wrong.Length > 0)
            {
                return $"{host.Name}\n{string.Join('\n', wrong)}";
            }
        }

        return "";
    }

    private void Note(string what) => output.WriteLine($"{watch.Elapsed.TotalSeconds:F1} s: {what}");
}
