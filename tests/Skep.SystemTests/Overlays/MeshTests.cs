using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using static Skep.SystemTests.Overlays.OverlayTeam;

namespace Skep.SystemTests.Overlays;

/// <summary>Published ports that every node answers (rows 18 and 20 of the seed).</summary>
[Collection(SwarmPairCollection.Name)]
public sealed class MeshTests(SwarmPair engines)
{
    private const int Nodes = 3;

    [SkepFact]
    public Task Every_node_answers_a_published_port_and_tasks_see_who_called() => engines.PlayAsync(async team =>
    {
        await team.FormAsync(Nodes);
        await team[1].PrepareAsync($"{Create} --name web --replicas 2 -p 8080:80 {Who}");
        await team.UntilServiceAsync("web 2/2");
        for (int number = 1; number <= Nodes; number++)
        {
            string url = $"http://{team[number].Host.Address}:8080/cgi-bin/who";
            await UntilAnsweredAsync(url);
            var answers = new List<string>();
            for (int call = 0; call < 30; call++)
            {
                answers.Add(await engines.Subjects.FetchAsync(url));
            }

            Assert.All(answers, one => Assert.StartsWith(
                engines.Subjects.OutsideAddress + " ", one, StringComparison.Ordinal));
            Assert.Equal(2, answers.Distinct().Count());

            // The host itself, under each of its names.
            foreach (string name in new[] { "127.0.0.1", "localhost", "[::1]", team[number].Host.Address })
            {
                Finished own = await team[number].Host.Inside(
                    "curl", "-s", "-S", "--max-time", "10", $"http://{name}:8080/cgi-bin/who").RunAsync();
                Assert.True(own.ExitCode == 0, $"{own}\n{team[number].Host.LogTail()}");
            }

            // And its neighbour.
            await team[number].Host.Inside(
                "curl", "-s", "-S", "--max-time", "10",
                $"http://{team[(number % Nodes) + 1].Host.Address}:8080/cgi-bin/who").CheckAsync();
        }

        await team[1].PrepareAsync("docker service update -d --publish-rm 80 --publish-add 9090:80 web");
        await UntilAnsweredAsync($"http://{team[3].Host.Address}:9090/cgi-bin/who");

        // Tasks of before answer the port of before, until the update has replaced them.
        string old = $"http://{team[3].Host.Address}:8080/cgi-bin/who";
        await Eventually.TrueAsync("the old port is closed", TimeSpan.FromSeconds(60), async () =>
            (await engines.Subjects.FetchAsync(old)).StartsWith("failed", StringComparison.Ordinal));
    });

    [SkepFact]
    public Task An_update_a_scale_down_a_drain_and_an_illness_fail_no_request() => engines.PlayAsync(async team =>
    {
        await team.FormAsync(Nodes);
        await team[1].PrepareAsync("docker network create -d overlay front");

        // Its program listens only a while after its start.
        await team[1].PrepareAsync(
            $"{Create} --name web --replicas 6 --network front -p 8080:80 --update-parallelism 2 "
            + "--update-order start-first --update-monitor 200ms web:1 sh -c 'sleep 0.5; exec /bin/web'");
        await team[1].PrepareAsync(
            $"{Create} --name frail --replicas 2 --network front -p 8081:80 --restart-delay 100ms "
            + "--constraint node.hostname==host1 --health-cmd 'test ! -e /tmp/sick' --health-interval 500ms "
            + "--health-retries 1 web:1");
        await team.UntilServiceAsync("web 6/6");
        await UnderLoadAsync(team, 8080, async () =>
        {
            await team[1].PrepareAsync("docker service update -d --image web:2 --no-resolve-image web");
            await team[1].UntilAsync("docker service inspect -f '{{.UpdateStatus.State}}' web", "completed");
            await team[1].PrepareAsync("docker service scale -d web=3");
            await team.UntilServiceAsync("web 3/3");
            await team[1].PrepareAsync("docker node update --availability drain host3");
            await team[3].UntilAsync("docker ps -q | wc -l", "0");
            await team.UntilServiceAsync("web 3/3");
        });

        // Who is found ill answers nobody new before it is stopped.
        await team.UntilServiceAsync("frail 2/2");
        await UnderLoadAsync(team, 8081, async () =>
        {
            // The container may be ended before this ends.
            await team[1].PrepareAsync($"{In("frail", "touch /tmp/sick")} || true");
            await team[1].UntilAsync(
                "docker service ps frail --no-trunc --filter desired-state=shutdown --format '{{.Error}}'",
                "unhealthy container");
            await team.UntilServiceAsync("frail 2/2");
        });
    });

    [SkepFact]
    public Task Nodes_and_new_versions_get_calls_by_their_weight() => engines.PlayAsync(async team =>
    {
        await team.FormAsync(Nodes);
        await team[1].PrepareAsync("docker network create -d overlay front");
        await team[1].PrepareAsync(
            $"{Create} --name web --mode global --network front -p 8080:80 --hostname '{{{{.Node.Hostname}}}}' {Who}");
        await team.UntilServiceAsync("web 3/3");
        string url = $"http://{team[3].Host.Address}:8080/cgi-bin/who";
        await UntilAnsweredAsync(url);

        // A quarter of another's; and nothing.
        await team[1].PrepareAsync("docker node update --label-add skep.weight=25 host2");
        await team[1].PrepareAsync("docker node update --label-add skep.weight=0 host3");
        await UntilAnswerAsync(url, "host1", "host2");
        string inside = In("web", "wget -q -O - http://web/cgi-bin/who");
        var calls = new List<string>();
        for (int call = 0; call < 100; call++)
        {
            calls.Add(NameIn(await engines.Subjects.FetchAsync(url)));
        }

        // Two of ten: less than 2 of 100, or more than half of them, happen once in a hundred million times.
        Assert.InRange(calls.Count(name => name == "host2"), 2, 50);
        Assert.Equal(100, calls.Count(name => name is "host1" or "host2"));
        string names = await team[3].PrepareAsync($"for i in $(seq 20); do {inside}; done");
        Assert.DoesNotContain("host3", names, StringComparison.Ordinal);
        Finished refused = await team[1].Host.Shell("docker node update --label-add skep.weight=half host2").RunAsync();
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(
            "label skep.weight of node host2: \"half\" is no weight; whole numbers from 0 to 100 are",
            refused.ToString(), StringComparison.Ordinal);
        refused = await team[1].Host.Shell("docker service update -d --label-add skep.weight=5 web").RunAsync();
        Assert.Contains("a service has no such weight; nodes have", refused.ToString(), StringComparison.Ordinal);

        // A new version on one node hears nothing until it is trusted.
        await team[1].PrepareAsync(
            "docker node update --label-rm skep.weight host2; docker node update --label-rm skep.weight host3");
        await UntilAnswerAsync(url, "host1", "host2", "host3");
        await team[1].PrepareAsync(
            "docker service update -d -q --label-add skep.weight.new=0 --update-delay 1h --hostname new web");
        await team[1].UntilAsync(
            "docker service ps -q --filter desired-state=running web "
            + "| xargs docker inspect -f '{{.Spec.ContainerSpec.Hostname}} {{.Status.State}}'",
            "new running");
        for (int call = 0; call < 30; call++)
        {
            Assert.NotEqual("new", NameIn(await engines.Subjects.FetchAsync(url)));
        }

        await team[1].PrepareAsync("docker service update -d -q --rollback web");
        await UntilAnswerAsync(url, "host1", "host2", "host3");
    });

    private static string NameIn(string answer) => answer.Trim().Split(' ')[^1];

    /// <summary>Waits until 40 calls are answered by these, and by no others.</summary>
    private Task UntilAnswerAsync(string url, params string[] names) => Eventually.TrueAsync(
        $"{url} is answered by {string.Join(' ', names)}", TimeSpan.FromSeconds(120), async () =>
        {
            var found = new SortedSet<string>(StringComparer.Ordinal);
            for (int call = 0; call < 40; call++)
            {
                found.Add(NameIn(await engines.Subjects.FetchAsync(url)));
            }

            return found.SequenceEqual(names);
        });

    /// <summary>Calls the port at every node meanwhile, and sees that no call fails.</summary>
    private async Task UnderLoadAsync(Team team, int port, Func<Task> work)
    {
        for (int number = 1; number <= Nodes; number++)
        {
            await UntilAnsweredAsync($"http://{team[number].Host.Address}:{port}/");
        }

        using var done = new CancellationTokenSource();
        Task<(int Count, List<string> Failures)>[] callers =
        [
            .. Enumerable.Range(1, Nodes).Select(
                number => CallAsync($"http://{team[number].Host.Address}:{port}/", done.Token)),
        ];
        try
        {
            await work();
        }
        finally
        {
            await done.CancelAsync();
        }

        foreach ((int count, List<string> failures) in await Task.WhenAll(callers))
        {
            string such = failures.FirstOrDefault() ?? "";
            Assert.True(failures.Count == 0, $"{failures.Count} of {count} failed, such as\n{such}");
            Assert.True(count > 10, $"{count} calls were made");
        }
    }

    private Task UntilAnsweredAsync(string url) => Eventually.TrueAsync(
        $"{url} is answered",
        TimeSpan.FromSeconds(60),
        async () => !(await engines.Subjects.FetchAsync(url)).StartsWith("failed", StringComparison.Ordinal));

    /// <summary>One call after another, each on a connection of its own.</summary>
    private async Task<(int Count, List<string> Failures)> CallAsync(string url, CancellationToken done)
    {
        var failures = new List<string>();
        int count = 0;
        while (!done.IsCancellationRequested)
        {
            string answer = await engines.Subjects.FetchAsync(url);
            count++;
            if (answer.StartsWith("failed", StringComparison.Ordinal))
            {
                failures.Add(answer);
            }
        }

        return (count, failures);
    }
}
