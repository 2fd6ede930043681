namespace Skep.SystemTests.Acceptance;

/// <summary>Where tasks go on three hosts, beside the real engine.</summary>
[Collection(SwarmPairCollection.Name)]
public class ServicePlacementTests(SwarmPair engines)
{
    private const string Create = "docker service create --no-resolve-image -d --stop-grace-period 1s";
    private const string Sleep = "test sleep 600";

    [Fact]
    public Task Tasks_are_spread_and_follow_constraints() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(3);
        await team[1].PrepareAsync($"{Create} --name web --replicas 6 {Sleep}");
        await team.UntilServiceAsync("web 6/6");
        await SayNodesAsync(team, "web");
        await team[1].PrepareAsync("docker node update --label-add dmz=true host2");
        await team[1].PrepareAsync($"{Create} --name dmz --replicas 2 --constraint node.labels.dmz==true {Sleep}");
        await team[1].PrepareAsync($"{Create} --name name --constraint node.hostname==host3 {Sleep}");
        await team[1].PrepareAsync(
            $"{Create} --name mine --constraint node.role==worker --constraint node.hostname!=host3 {Sleep}");
        await team[1].PrepareAsync(
            $"{Create} --name system --constraint node.platform.os==linux "
            + $"--constraint node.platform.arch==x86_64 {Sleep}");
        await team[1].PrepareAsync($"{Create} --name later --constraint node.labels.zone==a {Sleep}");
        foreach (string service in new[] { "dmz 2/2", "name 1/1", "mine 1/1", "system 1/1", "later 0/1" })
        {
            await team.UntilServiceAsync(service);
        }

        await SayNodesAsync(team, "dmz");
        await SayNodesAsync(team, "name");
        await SayNodesAsync(team, "mine");
        await team[1].UntilAsync("docker service ps later --no-trunc --format '{{.Error}}'", "no suitable node");
        await team[1].SayAsync("docker service ps later --no-trunc --format '{{.CurrentState}} {{.Error}}'");
        await team[1].PrepareAsync("docker node update --label-add zone=a host3");
        await team.UntilServiceAsync("later 1/1");
        await SayNodesAsync(team, "later");
        await team[1].PrepareAsync("docker node update --label-rm dmz host2");
        await team.UntilServiceAsync("dmz 0/2");
        await team[1].SayAsync("docker service rm web dmz name mine system later | wc -l");
        await team[2].UntilAsync("docker ps -q | wc -l", "0");
    });

    [Fact]
    public Task Every_node_has_its_task_of_a_global_service() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(2);
        await team[1].PrepareAsync($"{Create} --name all --mode global {Sleep}");
        await team[1].PrepareAsync($"{Create} --name workers --mode global --constraint node.role==worker {Sleep}");
        await team.UntilServiceAsync("all 2/2");
        await team[3].Host.HaveImagesAsync();
        await team.JoinAsync(3, "worker");
        await team.UntilServiceAsync("all 3/3");
        await team.UntilServiceAsync("workers 2/2");
        await SayNodesAsync(team, "all");
        await SayNodesAsync(team, "workers");
        await team[1].PrepareAsync("docker node update --availability drain host2");
        await team.UntilServiceAsync("all 2/2");
        await SayNodesAsync(team, "all");
        await team[1].PrepareAsync("docker node update --availability active host2");
        await team.UntilServiceAsync("all 3/3");
        await team[1].TypeAsync("docker service update -d --replicas 2 all 2>&1");
        await team[1].SayAsync("docker node ps host2 --filter desired-state=running --format '{{.Name}} {{.Node}}' "
            + "| sed 's/\\.[0-9a-z]*//' | sort");
    });

    [Fact]
    public Task Drained_and_paused_nodes_take_no_tasks() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(3);
        await team[1].PrepareAsync("docker node update --availability pause host3");
        await team[1].PrepareAsync($"{Create} --name web --replicas 4 {Sleep}");
        await team.UntilServiceAsync("web 4/4");
        await SayNodesAsync(team, "web");
        await team[1].PrepareAsync("docker node update --availability active host3");
        await team[1].PrepareAsync("docker node update --availability drain host2");
        await team[2].UntilAsync("docker ps -q | wc -l", "0");
        await team.UntilServiceAsync("web 4/4");
        await SayNodesAsync(team, "web");
        await team[1].PrepareAsync("docker node update --availability active host2");
        await team[1].PrepareAsync(
            "docker service update -d --force --update-parallelism 0 --update-monitor 200ms web");
        await team[1].UntilAsync("docker service inspect -f '{{.UpdateStatus.State}}' web", "completed");
        await team.UntilServiceAsync("web 4/4");
        await team[1].SayAsync("docker service ps web --filter desired-state=running --format '{{.Node}}' | sort -u");
    });

    [Fact]
    public Task Preferences_limits_and_reservations_decide() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(3);
        await team[1].PrepareAsync("docker node update --label-add zone=a host1");
        await team[1].PrepareAsync("docker node update --label-add zone=b host2");
        await team[1].PrepareAsync("docker node update --label-add zone=b host3");
        await team[1].PrepareAsync(
            $"{Create} --name spread --replicas 4 --placement-pref spread=node.labels.zone {Sleep}");
        await team[1].PrepareAsync($"{Create} --name few --replicas 4 --replicas-max-per-node 1 {Sleep}");
        await team[1].PrepareAsync($"{Create} --name huge --reserve-memory 1000g {Sleep}");
        await team[1].PrepareAsync($"{Create} --name gpu --generic-resource gpu=1 {Sleep}");
        await team[1].PrepareAsync($"{Create} --name ports --replicas 4 -p published=8088,target=80,mode=host {Sleep}");
        await team.UntilServiceAsync("spread 4/4");
        await team.UntilServiceAsync("few 3/4");
        await team.UntilServiceAsync("ports 3/4");
        await SayNodesAsync(team, "spread");
        foreach (string service in new[] { "few", "huge", "gpu", "ports" })
        {
            await team[1].UntilAsync($"docker service ps {service} --no-trunc", "no suitable node");
            await team[1].SayAsync($"docker service ps {service} --no-trunc --format '{{{{.Error}}}}' | sort -u");
        }

        await team[1].SayAsync("docker service ls --format '{{.Name}} {{.Replicas}}'");
        await team[1].SayAsync("docker service ps ports --format '{{.Ports}}' | sort | uniq -c");
    });

    /// <summary>How many tasks each node has.</summary>
    private static Task SayNodesAsync(Team team, string service) => team[1].SayAsync(
        $"docker service ps {service} --filter desired-state=running --format '{{{{.Node}}}}' | sort | uniq -c");
}
