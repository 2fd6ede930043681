using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Debian's docker-compose, an unmodified client with habits of its own.</summary>
[Collection(EnginePairCollection.Name)]
public class ComposeTests(EnginePair engines)
{
    private const string Project = """
        version: "3"
        services:
          front:
            image: web:1
            hostname: front
            ports: ["8085:80"]
            networks: [outer, inner]
            depends_on: [back]
          back:
            image: web:2
            hostname: back
            environment: {PORT: "8000"}
            networks:
              inner: {aliases: [database]}
            volumes: ["kept:/data"]
            healthcheck: {test: ["CMD", "true"], interval: 1s}
          worker:
            image: test
            command: sh -c "trap 'exit 0' TERM; while :; do sleep 0.1; done"
            networks: [inner]
            restart: unless-stopped
        networks:
          outer: {}
          inner: {}
        volumes:
          kept: {}
        """;

    [ProgramFact("docker-compose")]
    public Task A_project_of_three_goes_up_and_down() => engines.CompareAsync(async user =>
    {
        await File.WriteAllTextAsync(Path.Combine(user.Host.Share, "docker-compose.yml"), Project);

        // It chooses what to ask for by the engine's version, and would ask for it in that of the comparisons.
        const string compose = "env -u DOCKER_API_VERSION docker-compose -p proj -f $SHARE/docker-compose.yml";
        await user.PrepareAsync($"{compose} up -d 2>&1");
        await user.SayAsync(
            "docker ps --format '{{.Label \"com.docker.compose.service\"}} {{.State}}' | sort");
        await user.UntilAsync($"{compose} exec -T worker wget -q -O - http://database:8000/", "back v2");
        await user.UntilAsync($"{compose} exec -T worker wget -q -O - http://front/", "front v1");
        await user.UntilAsync("docker ps --filter health=healthy --format '{{.Names}}'", "back");
        Finished page = await user.Host.Inside("busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:8085/").RunAsync();
        Assert.Equal("front v1", page.Text);
        await user.SayAsync($"{compose} ps -q | wc -l");
        await user.SayAsync($"{compose} up -d 2>&1 | grep -c -i -E 'up-to-date|running'");
        await user.PrepareAsync($"{compose} restart -t 1 worker 2>&1");
        await user.SayAsync($"{compose} logs --no-color worker 2>&1 | wc -l");
        await user.SayAsync("docker network ls --format '{{.Name}}' | sort; docker volume ls -q");
        await user.PrepareAsync($"{compose} down -v -t 1 2>&1");
        await user.SayAsync("docker ps -aq; docker network ls --format '{{.Name}}' | sort; docker volume ls -q");
    });
}
