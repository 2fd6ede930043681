using Skep.SystemTests.Acceptance;

namespace Skep.SystemTests.Seed;

/// <summary>A service is made, looked at, scaled and removed: rows 9 to 13.</summary>
internal sealed class ServiceRows(Walk walk)
{
    private readonly Session first = walk[1];
    private string name = "";
    private string plain = "";

    public async Task PlayAsync()
    {
        await walk.RowAsync(9, CreateAsync);
        await walk.RowAsync(10, ListAsync);
        await walk.RowAsync(11, TasksAsync);
        await walk.RowAsync(12, ScaleAsync);
        await walk.RowAsync(13, RemoveAsync);
    }

    private async Task CreateAsync()
    {
        await first.SayAsync($"docker service create {Walk.Quick} alpine ping 127.0.0.1 2>&1 | {Walk.Progress}");
        name = await first.PrepareAsync("docker service ls --format '{{.Name}}'");
        Assert.Matches("^[a-z]+_[a-z]+$", name);

        // What is random, and where the first task went, is the same in every walk from here on.
        plain = $"sed -E 's/{name}/elastic_nobel/g; s/host[1-3] /gsnsw /; s/ +$//'";
    }

    private async Task ListAsync()
    {
        string table = await first.SayAsync($"docker service ls | {plain}");
        Assert.Matches(
            @"^ID +NAME +MODE +REPLICAS +IMAGE +PORTS\n[a-z0-9]{12} +elastic_nobel +replicated +1/1 +alpine:latest$",
            table);
    }

    private async Task TasksAsync()
    {
        string table = await first.SayAsync($"docker service ps {name} | {plain}");
        Assert.Matches(@"^ID +NAME +IMAGE +NODE +DESIRED STATE +CURRENT STATE +ERROR +PORTS\n"
            + @"[a-z0-9]{12} +elastic_nobel\.1 +alpine:latest +gsnsw +Running +Running .* ago$", table);
        await first.SayAsync($"docker service ps $(docker service ls -q) | {plain}");
    }

    private async Task ScaleAsync()
    {
        string task = await first.PrepareAsync($"docker service ps {name} -q");
        await first.PrepareAsync($"docker service update -d {name} --replicas 3");
        await walk.UntilServicesAsync($"{name} 3/3");
        await first.SayAsync($"docker service ls | {plain}");
        await walk.SayNodesAsync(name);
        string tasks = await first.PrepareAsync($"docker service ps {name} -q --filter desired-state=running");
        Assert.Contains(task, tasks, StringComparison.Ordinal);
    }

    private async Task RemoveAsync()
    {
        Assert.Equal(name, await first.PrepareAsync($"docker service rm {name}"));
        await walk.UntilEmptyAsync();
        await first.UntilAsync("echo \"<$(docker node ps $(docker node ls -q) -q | wc -l)>\"", "<0>");
        await first.SayAsync("docker service ls && docker node ps");
    }
}
