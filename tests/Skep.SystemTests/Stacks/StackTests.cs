using System.Text.RegularExpressions;
using Skep.SystemTests.Acceptance;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Stacks;

/// <summary>Stacks by the program's own command line, beside the genuine one.</summary>
[Collection(SwarmPairCollection.Name)]
public class StackTests(SwarmPair engines)
{
    private const string Objects = "docker service ls -q; docker secret ls -q; docker config ls -q; "
        + "docker network ls -f label=com.docker.stack.namespace -q";

    private static readonly string skep = Path.Combine(Engine.OutFolder, "skep");

    [SkepFact]
    public Task The_same_file_makes_the_same_services_and_views() => engines.CompareClientsAsync(async team =>
    {
        await team.ServeAsync(1);
        await WriteAsync(team[1], StackFiles.Whole);
        await team[1].PrepareAsync("echo k | docker secret create outer_key -");
        await team[1].SayAsync("docker stack deploy --resolve-image never -c $SHARE/stack.yml app 2>/dev/null | sort");
        await team[1].SayAsync("docker service inspect app_web app_api -f '{{json .Spec}}'");
        await team[1].SayAsync("docker network inspect app_front app_back app_default "
            + "-f '{{.Name}} {{.Driver}} {{.Attachable}} {{.Internal}} {{json .Labels}} {{json .IPAM.Driver}}'");
        await team[1].SayAsync("docker network inspect app_back -f '{{(index .IPAM.Config 0).Subnet}}'");
        await team[1].SayAsync("docker secret inspect app_key -f '{{json .Spec}}'");
        await team[1].SayAsync("docker config inspect fixedconf -f '{{json .Spec}}'");
        await team.UntilServiceAsync("app_api 1/1");
        await team[1].SayAsync("docker stack ls --format '{{.Name}}: {{.Services}}'");
        await team[1].SayAsync("docker stack services app; docker stack services -q -f name=app_web app");
        await team[1].SayAsync("docker stack ps app --format '{{.Image}} {{.Node}} {{.DesiredState}}'; "
            + "docker stack ps -q app; docker stack ps --no-trunc --no-resolve app -f desired-state=running | wc -l");
        foreach (string line in new[]
        {
            "ps nosuch", "services nosuch", "rm nosuch", "ps ' '",
            "deploy -c $SHARE/stack.yml --resolve-image sometimes app",
        })
        {
            await team[1].TypeAsync($"docker stack {line} 2>&1 | grep -v -e detach= -e '^$' -e unsupported -e restart");
        }

        await team[1].SayAsync("docker stack rm app | sort");
        await team[1].UntilAsync("docker ps -q | wc -l", "0");
        await team[1].SayAsync(Objects);
    });

    [SkepFact]
    public Task A_stack_changes_where_its_file_changes() => engines.PlayAsync(async team =>
    {
        Session user = team[1];
        string deploy = $"{skep} stack deploy --resolve-image never -c $SHARE/stack.yml";
        await team.ServeAsync(1);
        await WriteAsync(user, StackFiles.Small);
        await user.PrepareAsync($"docker stack deploy --resolve-image never -c $SHARE/stack.yml app");
        await team.UntilServiceAsync("app_web 1/1");
        await team.UntilServiceAsync("app_api 1/1");
        string tasks = await user.PrepareAsync("docker service ps -q app_web app_api | sort");

        string[] untouched = ["Unchanged service app_api", "Unchanged service app_web"];

        // What the genuine command line made is as ours would make it.
        Assert.Equal(untouched, await StepsAsync(user, $"{deploy} app"));
        Assert.Equal(tasks, await user.PrepareAsync("docker service ps -q app_web app_api | sort"));

        await user.PrepareAsync("cd $SHARE && echo second-value >key.txt && echo second >conf.txt");
        string plan = await user.PrepareAsync($"{deploy} --dry-run app");
        Assert.Contains("+ secret app_key_", plan);
        Assert.Contains("~ service app_web", plan);
        Assert.Contains("TaskTemplate.ContainerSpec.Secrets", plan);
        Assert.DoesNotContain("second-value", plan);
        Assert.Equal("1", await user.PrepareAsync("docker secret ls -q | wc -l"));
        string[] steps = await StepsAsync(user, $"{deploy} --detach=false -q app");
        Assert.Equal(
            ["Creating secret app_key_", "Creating config app_conf_", "Unchanged service app_api",
                "Updating service app_web"],
            steps.Select(step => Regex.Replace(step, "_[0-9a-f]{10}$", "_")));
        const string inside = "docker exec $(docker ps -q --filter label=com.docker.swarm.service.name=app_web) cat";
        await user.UntilAsync($"{inside} /run/secrets/key /etc/conf", "second-value\nsecond");
        Assert.Equal(untouched, await StepsAsync(user, $"{deploy} app"));

        // The first content has its object still, which is what the genuine command line deploys.
        await user.PrepareAsync("cd $SHARE && echo one >key.txt && echo conf >conf.txt");
        await user.PrepareAsync($"docker stack deploy --resolve-image never -c $SHARE/stack.yml app");
        await user.UntilAsync($"{inside} /run/secrets/key /etc/conf", "one\nconf");

        await user.PrepareAsync("sed -i '/^  api/,/stop_grace/d' $SHARE/stack.yml");
        Assert.Equal(
            ["Removing service app_api", "Unchanged service app_web"], await StepsAsync(user, $"{deploy} --prune app"));
        await user.PrepareAsync($"{skep} stack rm --detach=false app");
        Assert.Equal("", await user.PrepareAsync(Objects));
        await user.UntilAsync("docker ps -aq | wc -l", "0");
        if (Engine.UnderTest.IsSkep)
        {
            await StartInOrderAsync(team);
        }
    });

    // The first service's task is nowhere until the second one's is healthy, and says why.
    private static async Task StartInOrderAsync(Team team)
    {
        Session user = team[1];
        const string tasks = "docker service ps --no-trunc --format '{{.CurrentState}}: {{.Error}}'";
        const string containers = "docker ps -q --filter label=com.docker.swarm.service.name";
        await File.WriteAllTextAsync(Path.Combine(user.Host.Share, "ordered.yml"), StackFiles.Ordered);
        string deploy = $"{skep} stack deploy --resolve-image never -c $SHARE/ordered.yml lab";
        Assert.Contains("security_opt: it needs version 1.44 of the API", await user.PrepareAsync(
            $"DOCKER_API_VERSION=1.41 {deploy} 2>&1 || true"));
        await user.PrepareAsync($"env -u DOCKER_API_VERSION {deploy}");
        await user.UntilAsync($"{tasks} lab_app", "waiting for service lab_base to be healthy");
        Assert.StartsWith("Pending", await user.PrepareAsync($"{tasks} lab_app"), StringComparison.Ordinal);
        Assert.Equal("lab_base:healthy", await user.PrepareAsync(
            "docker service inspect -f '{{index .Spec.Labels \"skep.start.after\"}}' lab_app"));
        await user.UntilAsync($"{containers}=lab_base | wc -l", "1");
        await user.UntilAsync($"{tasks} lab_base", "Starting");
        Assert.Equal("", await user.PrepareAsync($"{containers}=lab_app"));

        // The genuine client keeps the label when it changes the service, and is told what means nothing.
        await user.PrepareAsync("docker service update -d --no-resolve-image --env-add A=1 lab_app");
        Assert.Contains("label skep.start.after: \"base:well\" is not NAME:CONDITION", await user.PrepareAsync(
            "docker service update -d --label-add skep.start.after=base:well lab_app 2>&1 || true"));
        await user.UntilAsync($"{tasks} lab_app", "waiting for service lab_base to be healthy");

        // What the file says of the machine holds in the container.
        Assert.Equal("host none", await user.PrepareAsync(
            $"docker inspect -f '{{{{.HostConfig.PidMode}}}} {{{{.HostConfig.IpcMode}}}}' $({containers}=lab_base)"));
        Assert.Contains("no-new-privileges=true", await user.PrepareAsync(
            $"docker inspect -f '{{{{.HostConfig.SecurityOpt}}}}' $({containers}=lab_base)"));
        Assert.Equal("4", await user.PrepareAsync(
            $"docker exec $({containers}=lab_base) sh -c 'head -c 4 /dev/nought | wc -c'"));
        await user.PrepareAsync($"docker exec $({containers}=lab_base) touch /tmp/well");
        await team.UntilServiceAsync("lab_app 1/1");
        await user.PrepareAsync($"{skep} stack rm --detach=false lab");
    }

    [SkepFact]
    public Task What_a_file_says_of_the_machine_holds_in_its_containers() => engines.PlayAsync(async team =>
    {
        if (!Engine.UnderTest.IsSkep)
        {
            return;
        }

        Session user = team[1];
        string group = $"{user.Host.CgroupParent}/jobs";
        string deploy = $"env -u DOCKER_API_VERSION {skep} stack deploy --resolve-image never -c $SHARE/machine.yml";
        await team.ServeAsync(1);
        await File.WriteAllTextAsync(
            Path.Combine(user.Host.Share, "machine.yml"), StackFiles.Machine.Replace("GROUP", group));
        await File.WriteAllTextAsync(Path.Combine(user.Host.Share, "profile.json"), SeccompFiles.Profile);
        await user.PrepareAsync($"{deploy} lab");
        foreach (string service in new[] { "lab_open", "lab_strict", "lab_root" })
        {
            await team.UntilServiceAsync($"{service} 1/1");
        }

        Task<string> InsideAsync(string service, string line) => user.PrepareAsync(
            $"docker exec $(docker ps -q --filter label=com.docker.swarm.service.name=lab_{service}) sh -c '{line}'");

        Assert.Equal("3 3", await InsideAsync(
            "open", "mknod /full c 1 7 && echo $(head -c 3 /dev/nought | wc -c) $(head -c 3 /full | wc -c)"));
        Assert.Equal(
            $"{user.Host.Name} {(await user.Host.Inside("readlink", "/proc/self/ns/ipc").CheckAsync()).Text}",
            await InsideAsync("open", "echo $(hostname) $(readlink /proc/self/ns/ipc)"));
        Assert.NotEqual("sleep", await InsideAsync("open", "cat /proc/1/comm"));
        Assert.StartsWith(group + "/", await InsideAsync("open", $"grep -m1 -o {group}/.* /proc/self/cgroup"));

        Assert.Contains("No space left on device", await InsideAsync("strict", "mkdir /made 2>&1; true"));
        Assert.Equal("1 2", await InsideAsync(
            "strict", "echo $(grep -E \"NoNewPrivs|Seccomp:\" /proc/1/status | cut -f2)"));
        Assert.Equal("/ 0", await InsideAsync(
            "strict", "echo $(cut -d: -f3 /proc/self/cgroup | sort -u) $(grep -c /dev/shm /proc/mounts)"));

        Assert.Equal("0 mounted", await InsideAsync(
            "root", "mount -t tmpfs x /tmp && echo $(grep Seccomp: /proc/self/status | cut -f2) mounted"));
        await user.UntilAsync(
            "docker service ps --no-trunc --format '{{.CurrentState}} {{.Error}}' lab_lacking",
            "\"/dev/nosuch\": no such file or directory");
        Assert.Equal("1", await user.PrepareAsync("docker service ps -q lab_lacking | wc -l"));

        // The profile is part of the service: another content is a change of it, and of nothing else.
        string[] steps =
        [
            "Unchanged service lab_lacking", "Unchanged service lab_open", "Unchanged service lab_root",
            "Unchanged service lab_strict",
        ];
        Assert.Equal(steps, await StepsAsync(user, $"{deploy} lab"));
        await user.PrepareAsync("sed -i s/28/30/ $SHARE/profile.json");
        steps[^1] = "Updating service lab_strict";
        Assert.Equal(steps, await StepsAsync(user, $"{deploy} lab"));
        await user.UntilAsync(
            "docker exec $(docker ps -q --filter label=com.docker.swarm.service.name=lab_strict) "
            + "mkdir /made 2>&1", "Read-only file system");
        await user.PrepareAsync($"{skep} stack rm --detach=false lab");
    });

    [ProgramFact("docker-registry", "curl")]
    public Task An_image_is_pinned_to_what_the_registry_says_of_its_tag() => engines.PlayAsync(async team =>
    {
        if (!Engine.UnderTest.IsSkep)
        {
            return;
        }

        Session user = team[1];
        await team.ServeAsync(1);
        await using Registry registry = await Registry.StartAsync(
            engines.Subjects, EnginePair.OpenPort, wantsPassword: false);
        string repository = $"{engines.Subjects.OutsideAddress}:{EnginePair.OpenPort}/shop/test";
        string[] untouched = ["Unchanged service app_web"];
        await File.WriteAllTextAsync(
            Path.Combine(user.Host.Share, "stack.yml"),
            $"services: {{web: {{image: \"{repository}:moving\", deploy: {{replicas: 0}}}}}}");
        const string deploy = "stack deploy -c $SHARE/stack.yml";
        const string image = "docker service inspect -f '{{.Spec.TaskTemplate.ContainerSpec.Image}}' app_web";

        string first = await MoveTagAsync(engines.Subjects, "\\n");
        await user.PrepareAsync($"{skep} {deploy} app 2>&1");
        Assert.Equal($"{repository}:moving@{first}", await user.PrepareAsync(image));

        string second = await MoveTagAsync(engines.Subjects, "\\n\\n");
        Assert.NotEqual(first, second);
        Assert.Equal(untouched, await StepsAsync(user, $"{skep} {deploy} --resolve-image changed app"));
        Assert.Equal($"{repository}:moving@{first}", await user.PrepareAsync(image));
        Assert.Equal(["Updating service app_web"], await StepsAsync(user, $"{skep} {deploy} app"));
        Assert.Equal($"{repository}:moving@{second}", await user.PrepareAsync(image));
        Assert.Equal(untouched, await StepsAsync(user, $"{skep} {deploy} app"));

        // What was found out stays true while nobody can be asked.
        await registry.DisposeAsync();
        Assert.Equal(untouched, await StepsAsync(user, $"{skep} {deploy} app"));
        await user.PrepareAsync($"{skep} stack rm app");
    });

    [ProgramFact("docker-compose")]
    public Task Secrets_of_a_local_project_are_secrets_of_a_stack() => engines.PlayAsync(async team =>
    {
        if (!Engine.UnderTest.IsSkep)
        {
            return;
        }

        Session user = team[1];
        await team.ServeAsync(1);
        await File.WriteAllTextAsync(Path.Combine(user.Host.Share, "docker-compose.yml"), StackFiles.Local);
        await user.PrepareAsync(
            "cd $SHARE && echo mypsqluser >psql_user.txt && echo myDBpassWORD123 >psql_password.txt");
        const string compose = "cd $SHARE && docker-compose -p local";
        await user.PrepareAsync($"{compose} up -d 2>&1");
        await user.UntilAsync($"{compose} logs --no-color 2>&1", "mypsqluser myDBpassWORD123");
        Assert.Equal("bind bind", await user.PrepareAsync(
            "docker inspect -f '{{range .Mounts}}{{.Type}} {{end}}' $(docker ps -q) | xargs"));
        await user.PrepareAsync($"{compose} down -t 1 2>&1");

        await user.PrepareAsync($"cd $SHARE && {skep} stack deploy --resolve-image never -c docker-compose.yml mydb");
        await user.UntilAsync("docker service logs --raw mydb_psql 2>&1", "mypsqluser myDBpassWORD123");
        Assert.Equal("tmpfs", await user.PrepareAsync(
            "docker exec $(docker ps -q) stat -f -c %T /run/secrets/psql_user"));
        Assert.Equal("mydb_psql_password\nmydb_psql_user", await user.PrepareAsync(
            "docker secret ls --format '{{.Name}}' | sort"));
        await user.PrepareAsync($"{skep} stack rm mydb");
    });

    // With other blanks at its end the same manifest is another one to a registry. Returns its digest.
    private static async Task<string> MoveTagAsync(TestHosts hosts, string blanks)
    {
        const string type = "application/vnd.docker.distribution.manifest.v2+json";
        string manifests = $"http://{hosts.OutsideAddress}:{EnginePair.OpenPort}/v2/shop/test/manifests";
        string file = Path.Combine(hosts.Folder, "manifest");
        Finished finished = await hosts.Outside(
            "bash", "-c",
            $"curl -fsS -H 'Accept: {type}' {manifests}/1 >{file} && printf '{blanks}' >>{file} && "
            + $"curl -fsS -X PUT -H 'Content-Type: {type}' --data-binary @{file} {manifests}/moving && "
            + $"sha256sum <{file} | cut -d' ' -f1").CheckAsync();
        return "sha256:" + finished.Text;
    }

    // What was done, without the ids.
    private static async Task<string[]> StepsAsync(Session user, string line) =>
        [.. (await user.PrepareAsync($"{line} 2>/dev/null")).Split('\n').Select(step => step.Split(" (id:")[0])];

    private static async Task WriteAsync(Session user, string file)
    {
        await File.WriteAllTextAsync(Path.Combine(user.Host.Share, "stack.yml"), file);
        await user.PrepareAsync("cd $SHARE && echo one >key.txt && echo conf >conf.txt");
    }
}
