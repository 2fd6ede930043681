using System.Text.Json.Nodes;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>What ps, inspect, info and version show.</summary>
[Collection(EnginePairCollection.Name)]
public class ListTests(EnginePair engines)
{
    [Fact]
    public Task Ps_filters_and_formats_as_docker_does() => engines.CompareAsync(async user =>
    {
        await user.SayAsync("docker run -d --name alpha -l tier=front -l odd test sleep 1000");
        await user.SayAsync("docker run -d --name beta -l tier=back -p 8081:80 web:1");
        await user.SayAsync("docker run --name gamma -v shared:/data test sh -c 'exit 3'; true");
        await user.SayAsync("docker create --name delta test");
        const string names = "--format '{{.Names}}' | sort";
        foreach (string filter in new[]
        {
            "name=a", "name=^/alpha$", "label=tier", "label=tier=back", "label=odd", "status=exited", "status=created",
            "status=running", "exited=3", "ancestor=test", "ancestor=web:1", "before=gamma", "since=alpha",
            "volume=shared", "volume=/data", "publish=8081", "expose=80", "network=bridge", "health=none",
            "is-task=false",
        })
        {
            await user.SayAsync($"docker ps -a --filter '{filter}' {names}");
        }

        await user.SayAsync($"docker ps -a -f label=tier=back -f label=tier {names}");
        await user.SayAsync($"docker ps -a -f status=exited -f status=created {names}");
        // The reference writes "Invalid", later engines "invalid".
        await user.TypeAsync("docker ps -f nosuch=1 2>&1 | tr I i");
        await user.TypeAsync("docker ps -f status=nosuch 2>&1 | tr I i");
        await user.SayAsync("docker ps -n 2 --format '{{.Names}}'");
        await user.SayAsync("docker ps -l --format '{{.Names}}'");
        await user.SayAsync(
            "docker ps -a --format 'table "
            + "{{.Names}}\\t{{.Image}}\\t{{.Ports}}\\t{{.Mounts}}\\t{{.Networks}}\\t{{.Label \"tier\"}}' | sort");
        await user.SayAsync("docker ps -a | awk '{ print $NF }'");
        await user.SayAsync("docker ps -aq | wc -l; docker ps -aq --no-trunc | head -n 1");
        await user.SayAsync("docker ps -a -s --format '{{.Names}} {{.Size}}' | sort");
    });

    [Fact]
    public async Task Inspect_shows_what_the_real_engine_shows()
    {
        var documents = new List<JsonNode>();
        await engines.CompareAsync(async user =>
        {
            await user.SayAsync(
                "docker create --name one -v vol:/vol -v $SHARE:/share:ro --tmpfs /t -p "
                + "127.0.0.1:8082:80/udp -e A=b -l k=v "
                + "--memory 64m --cpus 0.5 --cap-add NET_ADMIN --restart on-failure:3 --ulimit nofile=100:200 -h name "
                + "--dns 10.77.0.1 --add-host x:10.77.0.2 --init --read-only --stop-timeout 3 "
                + "--health-cmd true --health-interval 1h "
                + "--sysctl net.ipv4.ip_forward=1 --security-opt no-new-privileges test sleep 1000");
            await user.SayAsync("docker start one");
            foreach (string part in new[] { ".Config", ".HostConfig.PortBindings", ".HostConfig.LogConfig", ".Mounts" })
            {
                await user.PrepareAsync($"docker inspect -f '{{{{json {part}}}}}' one");
            }

            string text = Mask.Apply(await user.PrepareAsync("docker inspect one"), user.Host.Folder);
            lock (documents)
            {
                documents.Add(JsonNode.Parse(text)![0]!);
                documents[^1]["reference"] = user.Host.Kind.IsReference;
            }
        });
        JsonNode actual = documents.Single(document => !(bool)document["reference"]!);
        JsonNode? expected = documents.SingleOrDefault(document => (bool)document["reference"]!);
        if (expected is not null)
        {
            string report = string.Join('\n', Differences("", expected, actual));
            Assert.True(report.Length == 0, report);
        }
    }

    [Fact]
    public Task Objects_that_do_not_exist_are_refused_in_dockers_words() => engines.CompareAsync(async user =>
    {
        foreach (string command in new[]
        {
            "inspect", "start", "stop", "rm", "pause", "logs", "top", "port", "rename x", "wait", "restart",
            "network inspect", "network rm", "volume inspect", "volume rm", "rmi", "history",
            "tag x:1",
        })
        {
            await user.TypeAsync($"docker {command} nosuchthing 2>&1");
        }

        await user.SayAsync("docker create --name one test");
        await user.TypeAsync("docker create --name one test 2>&1");
        await user.TypeAsync("docker create --name 'b@d' test 2>&1");
        await user.TypeAsync("docker kill one 2>&1 | tr CK ck");
        await user.TypeAsync("docker pause one 2>&1");
        await user.SayAsync("docker rename one two && docker ps -a --format '{{.Names}}'");
        await user.TypeAsync("docker run --rm --network nosuchnetwork test true 2>&1 | head -n 1");
        await user.SayAsync(
            "docker run -d --name three test sleep 1000 && docker stop -t 0 three >/dev/null && docker "
            + "stop three");
        await user.SayAsync("docker start three >/dev/null && docker start three");
        await user.TypeAsync("docker rm three >/dev/null 2>&1");
        await user.SayAsync("docker container prune -f | head -n 1");
    });

    [Fact]
    public async Task The_engine_says_who_it_is()
    {
        Finished version = await engines.Subject.Docker("version", "--format", "{{.Server.APIVersion}}").CheckAsync();
        Assert.Matches(@"^1\.\d\d$", version.Text);
        Finished info = await engines.Subject.Docker(
            "info", "--format", "{{.OSType}} {{.Name}} {{.DockerRootDir}} {{.Images}}").CheckAsync();
        Assert.Equal($"linux {engines.Subject.Name} {engines.Subject.DataRoot} 4", info.Text);
        await engines.Subject.Docker("system", "df").CheckAsync();
    }

    /// <summary>
    /// Every field that the reference fills must be the same; fields of newer versions may be there besides.
    /// </summary>
    private static IEnumerable<string> Differences(string path, JsonNode? expected, JsonNode? actual)
    {
        // Paths below the engine's own folders, and what belongs to the kernel's state or to a graph driver.
        string[] ignored =
        [
            ".reference", ".GraphDriver", ".Driver", ".State.Pid", ".NetworkSettings.SandboxKey", ".Path",
            ".ResolvConfPath", ".HostnamePath", ".HostsPath", ".LogPath", ".HostConfig.CgroupParent",
            ".HostConfig.Runtime", ".Platform", ".HostConfig.NetworkMode",
            ".HostConfig.MaskedPaths", ".HostConfig.ReadonlyPaths", ".HostConfig.Dns",
        ];
        if (ignored.Contains(path))
        {
            yield break;
        }

        if (expected is JsonObject left && actual is JsonObject right)
        {
            foreach ((string name, JsonNode? value) in left)
            {
                foreach (string difference in Differences($"{path}.{name}", value, right[name]))
                {
                    yield return difference;
                }
            }
        }
        else if (!IsEmpty(expected) || !IsEmpty(actual))
        {
            (string? before, string? after) = (Text(path, expected), Text(path, actual));
            if (before != after)
            {
                yield return $"{path}: expected {before}, got {after}";
            }
        }
    }

    // The client sends volumes, and the engine lists mounts, in the order of a Go map: any.
    private static string? Text(string path, JsonNode? node) =>
        node is JsonArray list && path is (".HostConfig.Binds" or ".Mounts")
            ? string.Join(' ', list.Select(static one => one?.ToJsonString()).Order(StringComparer.Ordinal))
            : node?.ToJsonString();

    private static bool IsEmpty(JsonNode? node) => node switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonObject map => map.Count == 0,
        _ => node.ToJsonString() is "\"\"" or "0" or "false",
    };
}
