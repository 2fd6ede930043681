using Skep.SystemTests.Acceptance;

namespace Skep.SystemTests.Seed;

/// <summary>Where tasks go: rows 39 to 41 and 43 to 46.</summary>
internal sealed class PlacementRows(Walk walk)
{
    private const string Sleep = "nginx sh -c 'trap exit TERM; while :; do sleep 0.2; done'";

    private readonly Session first = walk[1];

    public async Task PlayAsync()
    {
        await walk.RowAsync(39, SpreadAsync);
        await walk.RowAsync(41, LabelAsync);
        await walk.RowAsync(40, ConstrainAsync);
        await walk.RowAsync(43, ModesAsync);
        await walk.RowAsync(45, AvailabilityAsync);
        await walk.RowAsync(44, PreferAsync);
        await walk.RowAsync(46, ResourcesAsync);
    }

    private async Task SpreadAsync()
    {
        await first.PrepareAsync($"{Walk.Create} --name web --replicas 3 {Sleep}");
        await walk.UntilServicesAsync("web 3/3");
        await walk.SayNodesAsync("web");
    }

    private async Task LabelAsync()
    {
        await first.SayAsync("docker node update --label-add=dmz=true host2");
        await first.SayAsync("docker node update --label-add=zone=a --label-add=disk=ssd host1");
        await first.SayAsync("docker node update --label-rm disk host1");
        await first.SayAsync("docker node inspect -f '{{json .Spec.Labels}}' host1 host2");
        await first.SayAsync("docker node inspect -f '{{json .Description.Engine.Labels}}' host1 host3");
    }

    private async Task ConstrainAsync()
    {
        string id = await first.PrepareAsync("docker node inspect -f '{{.ID}}' host3");
        string address = walk[2].Host.Address;
        foreach ((string name, string constraint) in new[]
        {
            ("dmz", "node.labels.dmz==true"), ("id", $"node.id=={id}"), ("ip", $"node.ip=={address}"),
            ("host", "node.hostname==host3"), ("boss", "node.role==manager"), ("not", "node.role!=worker"),
            ("linux", "node.platform.os==linux"), ("arch", "node.platform.arch==x86_64"),
            ("engine", "engine.labels.rack==r3"),
            ("both", "node.role==worker --constraint node.hostname!=host3"), ("later", "node.labels.tier==web"),
        })
        {
            await first.PrepareAsync($"{Walk.Create} --name {name} --constraint {constraint} {Sleep}");
        }

        string[] placed = ["dmz", "id", "ip", "host", "boss", "not", "engine", "both"];
        await walk.UntilServicesAsync([.. placed.Append("linux").Append("arch").Select(static name => $"{name} 1/1")]);
        await first.SayAsync($"docker service ps {string.Join(' ', placed)} --filter desired-state=running "
            + "--format '{{.Name}} {{.Node}}' | sort");
        await first.UntilAsync("docker service ps later --no-trunc --format '{{.Error}}'", "no suitable node");
        await first.SayAsync("docker service ps later --no-trunc --format '{{.CurrentState}} {{.Error}}'");
        await first.PrepareAsync("docker node update --label-add tier=web host3");
        await first.PrepareAsync("docker node update --label-rm dmz host2");
        await walk.UntilServicesAsync("later 1/1", "dmz 0/1");
        await first.PrepareAsync($"{Walk.Update} --constraint-rm node.labels.dmz==true --update-monitor 200ms "
            + "--constraint-add node.hostname==host1 dmz");
        await walk.UntilServicesAsync("dmz 1/1");
        await walk.SayNodesAsync("later");
        await walk.SayNodesAsync("dmz");
        await first.PrepareAsync($"docker service rm {string.Join(' ', placed)} linux arch later");
    }

    private async Task ModesAsync()
    {
        await first.PrepareAsync($"{Walk.Create} --name web1 --mode global {Sleep}");
        await first.PrepareAsync($"{Walk.Create} --name web2 --constraint node.role==worker --mode global {Sleep}");
        await first.PrepareAsync($"{Walk.Create} --name job --mode replicated-job --replicas 2 alpine true");
        await first.PrepareAsync($"{Walk.Create} --name each --mode global-job alpine true");
        await walk.UntilServicesAsync("web1 3/3", "web2 2/2", "job 0/2 (2/2 completed)");
        await first.UntilAsync("docker service ls --filter name=each", "(3/3 completed)");
        await walk.SayNodesAsync("web1");
        await walk.SayNodesAsync("web2");
        await first.SayAsync("docker service ls --format '{{.Name}} {{.Mode}} {{.Replicas}}'");
        await first.TypeAsync("docker service update -d --replicas 2 web1 2>&1");
        await first.PrepareAsync("docker service rm job each web2");
    }

    private async Task AvailabilityAsync()
    {
        // What is there stays on a node that pauses, and goes from one that drains; a global service comes back.
        await first.SayAsync("docker node update --availability pause host2");
        await first.SayAsync("docker node update --availability drain host3");
        await walk.UntilServicesAsync("web1 2/2", "web 3/3");
        await walk[3].UntilAsync("echo \"<$(docker ps -q | wc -l)>\"", "<0>");
        await walk.UntilServicesAsync("web 3/3");
        await walk.SayNodesAsync("web");
        await walk.Team.NodesAsync();
        await first.SayAsync("docker node update --availability active host2");
        await first.SayAsync("docker node update --availability active host3");
        await walk.UntilServicesAsync("web1 3/3");
        await first.PrepareAsync("docker service rm web web1");
    }

    private async Task PreferAsync()
    {
        await first.PrepareAsync($"{Walk.Create} --name even --replicas 4 "
            + $"--placement-pref spread=node.labels.zone {Sleep}");
        await walk.UntilServicesAsync("even 4/4");
        await walk.SayNodesAsync("even");
        await first.PrepareAsync("docker service rm even");
    }

    private async Task ResourcesAsync()
    {
        await first.PrepareAsync($"{Walk.Create} --name huge --reserve-memory 1000g {Sleep}");
        await first.PrepareAsync($"{Walk.Create} --name many --reserve-cpu 999 {Sleep}");
        await first.PrepareAsync($"{Walk.Create} --name gpu --generic-resource gpu=1 {Sleep}");
        await first.PrepareAsync($"{Walk.Create} --name bound --constraint node.role==manager --limit-cpu 0.5 "
            + $"--limit-memory 64m --limit-pids 50 --reserve-cpu 0.1 --reserve-memory 16m {Sleep}");
        await walk.UntilServicesAsync("bound 1/1");
        foreach (string name in new[] { "huge", "many", "gpu" })
        {
            await first.UntilAsync($"docker service ps {name} --no-trunc", "no suitable node");
            await first.SayAsync($"docker service ps {name} --no-trunc --format '{{{{.Error}}}}'");
        }

        await first.SayAsync("docker exec $(docker ps -q --filter name=bound) sh -c 'cd /sys/fs/cgroup; "
            + "cat cpu.max memory.max pids.max 2>/dev/null || cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us "
            + "memory/memory.limit_in_bytes pids/pids.max'");
        await first.PrepareAsync("docker service rm huge many gpu bound");
        await walk.UntilEmptyAsync();
    }
}
