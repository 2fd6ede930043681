using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;
using Skep.SystemTests.Overlays;
using static Skep.SystemTests.Overlays.OverlayTeam;

namespace Skep.SystemTests.Seed;

/// <summary>Services from files: rows 21 to 23, 29, 30, 37 and 42.</summary>
internal sealed class StackRows(Walk walk)
{
    private const string App = """
        version: "3.8"
        services:
          web:
            image: nginx:1.13.7
            build: ./web
            ports: ["8088:80"]
            networks: [front]
            configs:
              - source: greeting
                target: /etc/greeting
            healthcheck:
              test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://localhost"]
              interval: 500ms
              timeout: 10s
              retries: 3
              start_period: 20s
            deploy:
              replicas: 3
              update_config: {parallelism: 3, order: start-first, monitor: 200ms}
              placement:
                max_replicas_per_node: 2
                preferences: [{spread: node.labels.zone}]
              resources:
                limits: {cpus: "0.50", memory: 64M}
                reservations: {memory: 8M}
          db:
            image: mysql:5.7
            command: sleep 600
            networks: [front]
            stop_grace_period: 1s
            environment: {MYSQL_PASSWORD_FILE: /run/secrets/password}
            volumes: ["kept:/var/lib/mysql"]
            secrets:
              - given
              - source: password
                target: password
                mode: 0400
            healthcheck: {test: "true", interval: 1s}
            deploy:
              placement:
                constraints:
                  - node.labels.disk == ssd
          agent:
            image: postgres
            command: sleep 600
            stop_grace_period: 1s
            healthcheck: {disable: true}
            deploy:
              mode: global
        networks:
          front: {}
        volumes:
          kept: {}
        configs:
          greeting: {file: ./greeting.txt}
        secrets:
          password: {file: ./password.txt}
          given: {external: true}
        """;

    /// <summary>The notes' own example, with the colon that they lack.</summary>
    private const string Secrets = """
        version: "3.1"

        services:
          psql:
            image: postgres
            command: sh -c 'cat $$POSTGRES_USER_FILE $$POSTGRES_PASSWORD_FILE >/tmp/got; sleep 600'
            secrets:
              - psql_user
              - psql_password
            environment:
              POSTGRES_USER_FILE: /run/secrets/psql_user
              POSTGRES_PASSWORD_FILE: /run/secrets/psql_password

        secrets:
          psql_user:
            file: ./psql_user.txt
          psql_password:
            file: ./psql_password.txt
        """;

    private readonly Session first = walk[1];

    public async Task PlayAsync()
    {
        await walk.NetworkRowAsync(21, DeployAsync);
        await walk.NetworkRowAsync(42, PlacementAsync);
        await walk.NetworkRowAsync(22, ViewAsync);
        await walk.NetworkRowAsync(37, HealthAsync);
        await walk.NetworkRowAsync(23, ChangeAsync);
        await walk.NetworkRowAsync(29, SecretsAsync);
        await walk.NetworkRowAsync(30, ComposeAsync);
    }

    private async Task DeployAsync()
    {
        string folder = first.Host.Share;
        await File.WriteAllTextAsync(Path.Combine(folder, "app-stack.yml"), App);
        await first.PrepareAsync("cd $SHARE && echo hello >greeting.txt && echo hidden >password.txt "
            + "&& echo y | docker secret create given -");
        string printed = await first.PrepareAsync("docker stack deploy -c $SHARE/app-stack.yml appname 2>&1");

        // One command line says it in a list, the other with the place in the file.
        Assert.Contains("build", printed, StringComparison.Ordinal);
        Assert.Contains("Creating network appname_front", printed, StringComparison.Ordinal);
        Assert.Contains("Creating service appname_web", printed, StringComparison.Ordinal);
        await walk.UntilServicesAsync("appname_web 3/3", "appname_agent 3/3", "appname_db 0/1");
        await first.SayAsync("docker service inspect -f '{{json .Spec.Labels}} {{json .Spec.Mode}} "
            + "{{json .Spec.UpdateConfig}} {{json .Spec.TaskTemplate.Resources}}' appname_web");
        await first.SayAsync(
            "docker network ls --filter name=appname --format '{{.Name}} {{.Driver}} {{.Scope}}' | sort");
        Assert.EndsWith(" v1", await UntilAnsweredAsync("8088"), StringComparison.Ordinal);
    }

    private async Task PlacementAsync()
    {
        await first.UntilAsync("docker service ps appname_db --no-trunc", "no suitable node");
        await first.PrepareAsync("docker node update --label-add disk=ssd host2");
        await walk.UntilServicesAsync("appname_db 1/1");
        await walk.SayNodesAsync("appname_db");
        await first.SayAsync(
            "docker service inspect -f '{{json .Spec.TaskTemplate.Placement.Constraints}}' appname_db");
        await first.SayAsync("docker service inspect -f '{{json .Spec.TaskTemplate.Placement.Preferences}} "
            + "{{.Spec.TaskTemplate.Placement.MaxReplicas}}' appname_web");
    }

    private async Task ViewAsync()
    {
        await first.SayAsync("docker stack ls --format '{{.Name}} {{.Services}}'");
        await first.SayAsync("docker stack services appname");
        await first.SayAsync(
            "docker stack services appname --filter name=appname_db --format '{{.Name}} {{.Replicas}}'");
        await first.SayAsync("docker stack ps appname --filter desired-state=running "
            + "--format '{{.Name}} {{.Image}} {{.DesiredState}}' | sed -E 's/agent\\.[a-z0-9]+/agent.ID/' | sort");
        await first.TypeAsync("docker stack ps nosuch 2>&1");
        await first.TypeAsync("docker stack services nosuch 2>&1");
    }

    private async Task HealthAsync()
    {
        const string check = "docker service inspect -f '{{json .Spec.TaskTemplate.ContainerSpec.Healthcheck}}'";
        await first.SayAsync($"{check} appname_web && {check} appname_db && {check} appname_agent");
        await walk[2].UntilAsync("docker ps --filter health=healthy --format '{{.Names}}'", "appname_db.1.");
        await walk[2].SayAsync(In("appname_db", "sh -c 'stat -c \"%n %a\" /run/secrets/*; cat /run/secrets/*; "
            + "cat $MYSQL_PASSWORD_FILE'"));
    }

    private async Task ChangeAsync()
    {
        string agents = await first.PrepareAsync("docker service ps appname_agent -q | sort");
        string changed = App.Replace("nginx:1.13.7", "nginx:1.13.6").Replace("8088:80", "9090:80");
        changed = changed[..changed.IndexOf("  db:", StringComparison.Ordinal)]
            + changed[changed.IndexOf("  agent:", StringComparison.Ordinal)..];
        await File.WriteAllTextAsync(Path.Combine(first.Host.Share, "app-stack.yml"), changed);
        await first.PrepareAsync("docker stack deploy --prune -c $SHARE/app-stack.yml appname 2>&1");
        await walk.UntilUpdateAsync("appname_web", "completed");
        Assert.EndsWith(" v2", await UntilAnsweredAsync("9090"), StringComparison.Ordinal);
        await first.SayAsync("docker stack services appname --format '{{.Name}} {{.Image}} {{.Ports}}' | sort");

        // Nobody touched what the file says as before.
        Assert.Equal(agents, await first.PrepareAsync("docker service ps appname_agent -q | sort"));
        string printed = await first.PrepareAsync("docker stack rm appname 2>&1");
        Assert.Contains("Removing service appname_web", printed, StringComparison.Ordinal);
        await first.UntilAsync("echo \"<$(docker network ls -q --filter name=appname | wc -l)>\"", "<0>");
        await first.SayAsync("docker config ls -q; docker secret ls --format '{{.Name}}'");
    }

    private async Task SecretsAsync()
    {
        string folder = first.Host.Share;
        await File.WriteAllTextAsync(Path.Combine(folder, "docker-compose.yml"), Secrets);
        await first.PrepareAsync("cd $SHARE && echo me >psql_user.txt && echo mine >psql_password.txt");
        await first.PrepareAsync("docker stack deploy -c $SHARE/docker-compose.yml mydb 2>&1");
        await walk.UntilServicesAsync("mydb_psql 1/1");
        await first.SayAsync("docker secret ls --format '{{.Name}}' | sort");
        string node = await first.PrepareAsync("docker service ps mydb_psql --format '{{.Node}}'");
        await walk[node[^1] - '0'].UntilSaysAsync(In("mydb_psql", "cat /tmp/got"), "me\nmine");
        await first.PrepareAsync("docker stack rm mydb");
        await walk.UntilEmptyAsync();
    }

    private async Task ComposeAsync()
    {
        Assert.True(
            ProgramFactAttribute.IsInstalled("docker-compose"),
            "docker-compose is not installed, so the row cannot be played: .ci/packages test installs it");
        const string compose = "docker-compose -p mydb -f $SHARE/docker-compose.yml";
        await first.PrepareAsync($"{compose} up -d -t 1 2>&1");
        await first.UntilAsync($"{compose} exec -T psql cat /tmp/got", "me\nmine");
        await first.SayAsync("docker inspect -f '{{range .Mounts}}{{.Type}} {{.Destination}}\n{{end}}' "
            + $"$({compose} ps -q) | sort");
        await first.PrepareAsync($"{compose} down -t 1 2>&1");
    }

    private async Task<string> UntilAnsweredAsync(string port)
    {
        string answer = "";
        await Eventually.TrueAsync($"port {port} is answered", TimeSpan.FromSeconds(120), async () =>
        {
            answer = await walk.Hosts.FetchAsync($"http://{walk[3].Host.Address}:{port}/");
            return !answer.StartsWith("failed", StringComparison.Ordinal);
        });
        return answer;
    }
}
