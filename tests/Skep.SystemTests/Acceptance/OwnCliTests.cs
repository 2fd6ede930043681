using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>The program's own CLI, called docker, beside the genuine one: the same lines, the same answers.</summary>
[Collection(EnginePairCollection.Name)]
public class OwnCliTests(EnginePair engines)
{
    [SkepFact]
    public Task Containers_are_run_listed_and_removed_alike() => engines.CompareClientsAsync(async user =>
    {
        await user.TypeAsync("docker run --rm test sh -c 'echo out; exit 3'");
        await user.SayAsync("docker run -d --name one -l a=b -p 8080:80 -e X=y -v vol:/data --restart no web:1");
        await user.SayAsync("docker ps");
        await user.SayAsync("docker ps -a --filter label=a=b --format '{{.Names}} {{.Ports}} {{.Labels}}'");
        await user.SayAsync("docker ps --format '{{json .Names}}' && docker ps -q --no-trunc");
        await user.SayAsync("docker inspect -f '{{json .Config.Env}} {{.HostConfig.RestartPolicy.Name}}' one");
        await user.TypeAsync("docker exec one sh -c 'echo in; exit 4'");
        await user.SayAsync("echo fed | docker exec -i one cat");
        await user.SayAsync("docker stop -t 1 one && docker start one && docker restart -t 1 one && docker kill one");
        await user.SayAsync("docker wait one; docker logs one");
        await user.SayAsync("docker rm -f one");
        await user.TypeAsync("docker inspect one 2>&1");
        await user.TypeAsync("docker rm one 2>&1");
        await user.TypeAsync("docker run --rm test nosuch 2>/dev/null");
    });

    [SkepFact]
    public Task Images_networks_and_volumes_are_shown_alike() => engines.CompareClientsAsync(async user =>
    {
        await user.SayAsync("docker images");
        await user.SayAsync("docker images --format '{{.Repository}}:{{.Tag}} {{.Size}}' web");
        await user.SayAsync("docker tag web:1 copy:1 && docker rmi copy:1");
        await user.SayAsync("docker network create --subnet 10.77.5.0/24 --label a=b town");
        await user.SayAsync(
            "docker network ls --filter name=town --format 'table {{.Name}}\\t{{.Driver}}\\t{{.Scope}}'");
        await user.SayAsync("docker network inspect -f '{{range .IPAM.Config}}{{.Subnet}}{{end}}' town");
        await user.SayAsync("docker network rm town");
        await user.SayAsync("docker volume create --label a=b vol && docker volume ls");
        await user.SayAsync("docker volume inspect -f '{{.Name}} {{json .Labels}}' vol && docker volume rm vol");
        await user.TypeAsync("docker network rm nosuch 2>&1");
        await user.TypeAsync("docker volume rm nosuch 2>&1");
        await user.TypeAsync("docker image inspect nosuch 2>&1");
    });

    [SkepFact]
    public Task Credentials_are_kept_by_a_helper_alike() => engines.CompareClientsAsync(async user =>
    {
        // As the protocol of helpers wants it; it keeps one server's credentials in a file.
        const string helper = """
            read -r line
            case $1 in
            store) echo "$line" >"$SHARE/kept" ;;
            erase) rm -f "$SHARE/kept" ;;
            get) cat "$SHARE/kept" 2>/dev/null || { echo credentials not found in native keychain; exit 1; } ;;
            esac
            """;
        string server = $"{engines.Hosts.OutsideAddress}:{EnginePair.GuardedPort}";
        string image = $"{server}/shop/test:1";
        const string with = "PATH=$SHARE/bin:$PATH DOCKER_CONFIG=$SHARE/conf";
        const string look = "tr -d ' \\n\\t' <$SHARE/conf/config.json; ls $SHARE";
        await HaveProgramAsync(user, "docker-credential-box", helper);
        await user.PrepareAsync("mkdir $SHARE/conf && echo '{\"credsStore\":\"box\"}' >$SHARE/conf/config.json");
        await user.TypeAsync($"{with} docker pull {image} 2>&1 | grep -o 'no basic auth credentials'");
        await user.SayAsync($"echo '{Registry.Password}' | {with} docker login -u {Registry.User} --password-stdin "
            + $"{server} 2>/dev/null");
        await user.SayAsync($"{look}; cat $SHARE/kept");
        await user.SayAsync($"{with} docker login {server} 2>/dev/null </dev/null | grep Succeeded");
        await user.SayAsync($"{with} docker pull -q {image} && docker rmi {image} >/dev/null");
        await user.SayAsync($"{with} docker logout {server}; {look}");
        await user.TypeAsync($"{with} docker pull {image} 2>&1 | grep -o 'no basic auth credentials'");
    });

    [SkepFact]
    public Task The_user_s_settings_count_alike() => engines.CompareClientsAsync(async user =>
    {
        const string with = "DOCKER_CONFIG=$SHARE/conf";
        await user.PrepareAsync("mkdir -p $SHARE/conf/cli-plugins");
        await HaveProgramAsync(user, "docker-hey", """
            case $1 in docker-cli-plugin-metadata)
                echo '{"SchemaVersion":"0.1.0","Vendor":"us","Version":"1"}'; exit ;;
            esac
            echo "hey: $*"; exit 3
            """);
        await user.PrepareAsync("mv $SHARE/bin/docker-hey $SHARE/conf/cli-plugins");
        await user.TypeAsync($"{with} docker hey you --x -y");
        await user.TypeAsync($"{with} docker -D hey");
        await user.SayAsync($"{with} docker create --name one test");
        string list = $"{with} docker ps -a --format '{{{{.Names}}}}'";
        await user.SayAsync($"echo '{{' >$SHARE/conf/config.json; {list} 2>/dev/null");
        await user.SayAsync($": >$SHARE/conf/config.json; {list} 2>&1");
        await user.SayAsync("docker rm one");
        await user.TypeAsync("DOCKER_DEFAULT_PLATFORM=linux/arm64 docker run --rm --pull never test true 2>/dev/null");
        await user.TypeAsync("DOCKER_DEFAULT_PLATFORM=linux/amd64 docker run --rm --pull never test true 2>&1");
        await user.TypeAsync("docker -H tcp://127.0.0.1:1 version --format '{{.Server.Version}}' 2>&1");
        await user.TypeAsync(
            "docker --tlsverify --tlscacert /nosuch -H tcp://127.0.0.1:1 ps 2>&1 | grep -o 'open /nosuch.*'");
        await user.TypeAsync("docker update one 2>&1");
    });

    [SkepFact]
    public Task A_daemon_behind_ssh_is_reached_alike() => engines.CompareClientsAsync(async user =>
    {
        // What ssh does with its words: all after the host go to a shell of a machine that has its own daemon.
        const string ssh = """
            while [ "$1" != -- ]; do shift; done
            echo "$2" >>"$SHARE/asked"
            shift 2
            DOCKER_HOST=$FAR exec sh -c "$*"
            """;
        const string far = "PATH=$SHARE/bin:$PATH FAR=$DOCKER_HOST DOCKER_HOST=ssh://me@far:2222";
        await HaveProgramAsync(user, "ssh", ssh);
        await user.SayAsync($"{far} docker run -d --name one web:1 && {far} docker ps --format '{{{{.Names}}}}'");
        await user.SayAsync($"echo fed | {far} docker exec -i one cat");
        await user.TypeAsync($"{far} docker exec one sh -c 'echo out; exit 4'");
        await user.SayAsync($"{far} docker rm -f one && sort -u $SHARE/asked");
        await user.TypeAsync("PATH=$SHARE/bin:$PATH FAR=unix:///nosuch DOCKER_HOST=ssh://far docker ps 2>/dev/null");
    });

    [SkepFact]
    public Task With_a_terminal_they_behave_alike() => engines.CompareClientsAsync(async user =>
    {
        // The client tells the size after the start, so the first answer could be too early; and nobody types before he
        // is asked.
        // Before the terminal has its size, stty complains.
        const string inside = "tty; for i in 1 2 3 4 5 6 7 8 9; "
            + "do stty size 2>&1 | grep -q 33.99 && break; sleep 1; done; "
            + "stty size; touch /s/asked; read x; echo got \\$x; exit 5";
        Finished finished = await user.TypeAsync(
            "(until [ -e $SHARE/asked ]; do sleep 0.1; done; echo hello) | script -qec \"stty rows 33 cols 99; "
            + $"docker run --rm -it -v $SHARE:/s test sh -c '{inside}'\" /dev/null");
        Assert.Equal(5, finished.ExitCode);
    });

    private static Task<string> HaveProgramAsync(Session user, string name, string script) => user.PrepareAsync(
        $"mkdir -p $SHARE/bin && cat >$SHARE/bin/{name} <<'END' && chmod +x $SHARE/bin/{name}\n"
        + $"#!/bin/sh\n{script}\nEND");
}
