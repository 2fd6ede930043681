using System.Text;
using Skep.SystemTests.Hosts;

namespace Skep.SystemTests.Acceptance;

/// <summary>Secrets, configs, credentials and logs of services, beside the real engine.</summary>
[Collection(SwarmPairCollection.Name)]
public class ServiceFilesTests(SwarmPair engines)
{
    private const string Create = "docker service create --no-resolve-image --stop-grace-period 1s";
    private const string Update = "docker service update --no-resolve-image";
    private const string Status = "docker service inspect -f '{{.UpdateStatus.State}}' web";

    [Fact]
    public Task Secrets_and_configs_are_files_of_the_tasks_that_have_them() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync(
            "head -c 511999 /dev/urandom > $SHARE/large && head -c 512000 /dev/urandom > $SHARE/more");
        await team[1].TypeAsync("docker secret create more $SHARE/more 2>&1");
        await team[1].PrepareAsync(
            "docker secret create large $SHARE/large && echo user | docker secret create user -");
        await team[1].PrepareAsync("echo 'port {{.Task.Slot}}' | docker config create --template-driver golang cf -");
        await team[1].PrepareAsync(
            $"{Create} -d --name web --secret large --secret source=user,target=name,uid=33,gid=2000,mode=0440 "
            + "--config source=cf,target=/etc/deep/cf -e NAME_FILE=/run/secrets/name test sleep 600");
        await team.UntilServiceAsync("web 1/1");
        const string inside = "docker exec $(docker ps -q)";
        await team[1].SayAsync($"{inside} sh -c 'ls /run/secrets; cat $NAME_FILE /etc/deep/cf; "
            + "stat -c \"%a %u %g\" /run/secrets/* /etc/deep/cf; "
            + "stat -f -c %T /run/secrets/large'");
        Assert.Equal(
            await team[1].PrepareAsync("sha256sum < $SHARE/large"),
            await team[1].PrepareAsync($"{inside} cat /run/secrets/large | sha256sum"));
        await team[1].TypeAsync("docker secret rm user 2>&1; docker config rm cf 2>&1");
        await team[1].PrepareAsync("echo pass | docker secret create pass -");
        await team[1].SayAsync($"{Update} -d --secret-rm user --secret-add pass web");
        await team[1].UntilAsync(Status, "completed");
        await team[1].SayAsync($"{inside} ls /run/secrets && docker secret rm user");
        await team[1].SayAsync($"{Update} -d --secret-rm pass --secret-rm large --config-rm cf web && sleep 1");
        await team[1].SayAsync("docker secret rm pass large && docker config rm cf");
    });

    [Fact]
    public Task Logs_of_all_tasks_are_read_together() => engines.CompareAsync(async team =>
    {
        await team.ServeAsync(1);
        await team[1].PrepareAsync(
            $"{Create} -d --name web --replicas 2 -e 'SLOT={{{{.Task.Slot}}}}' test "
            + "sh -c 'echo out $SLOT; echo err $SLOT >&2; sleep 1; echo last $SLOT; sleep 600'");
        await team.UntilServiceAsync("web 2/2");
        await team[1].UntilAsync("docker service logs web 2>&1 | grep -c last", "2");
        await team[1].SayAsync("docker service logs web 2>/dev/null | sed 's/\\.[0-9a-z]*@/@/' | sort");
        await team[1].SayAsync("docker service logs --no-task-ids web 2>&1 >/dev/null | sort");
        await team[1].SayAsync("docker service logs --raw web 2>&1 | sort");
        await team[1].SayAsync("docker service logs --raw --tail 1 web 2>&1 | sort");
        await team[1].SayAsync("docker service logs --raw -t web 2>&1 | cut -d' ' -f2- | sort");
        await team[1].SayAsync("docker service logs --raw --since 1h web 2>&1 | wc -l");
        await team[1].SayAsync("docker service logs --raw $(docker service ps -q web | head -1) 2>&1 | wc -l");
        await team[1].SayAsync("timeout 10 docker service logs --raw -f web 2>&1 | wc -l");
        await team[1].TypeAsync("docker service logs nosuch 2>&1");
    });

    /// <summary>Without the real engine: it says that there is no such image, and not why.</summary>
    [ProgramFact("docker-registry")]
    public Task An_image_is_fetched_with_the_credentials_of_its_service() => engines.PlayAsync(async team =>
    {
        if (!team[1].Host.Kind.IsSkep)
        {
            return;
        }

        await team.ServeAsync(2);
        await using Registry guarded = await Registry.StartAsync(
            engines.Subjects, EnginePair.GuardedPort, wantsPassword: true);
        string place = $"{engines.Subjects.OutsideAddress}:{EnginePair.GuardedPort}";
        foreach ((string folder, string password) in new[] { ("wrong", "sesame"), ("right", Registry.Password) })
        {
            await team[1].PrepareAsync(
                $"mkdir $SHARE/{folder} && auth=$(printf '%s' '{Registry.User}:{password}' | base64) && "
                + $"echo '{{\"auths\":{{\"{place}\":{{\"auth\":\"'$auth'\"}}}}}}' > $SHARE/{folder}/config.json");
        }

        await team[1].PrepareAsync(
            $"docker --config $SHARE/wrong service create -d --no-resolve-image --with-registry-auth --name shop "
            + $"--stop-grace-period 1s --restart-condition none --constraint node.hostname==host2 "
            + $"{place}/shop/test:1 sleep 600");
        const string errors = "docker service ps shop --no-trunc --format '{{.Node}} {{.CurrentState}} {{.Error}}'";
        await team[1].UntilAsync(errors, "host2 Rejected");
        await team[1].UntilAsync(errors, "unauthorized: authentication required");

        // Only the credentials are other ones, so nothing would begin anew by itself.
        await team[1].PrepareAsync(
            "docker --config $SHARE/right service update -d --no-resolve-image --with-registry-auth --force shop");
        await team.UntilServiceAsync("shop 1/1");

        // This client sends none: those of the service go on to count, on a node that has never seen the image.
        await team[1].PrepareAsync(
            "docker service update -d --no-resolve-image --constraint-rm node.hostname==host2 "
            + "--constraint-add node.hostname==host1 shop");
        await team[1].UntilAsync("docker service ps shop --format '{{.Node}} {{.CurrentState}}'", "host1 Running");
        string shown = await team[1].PrepareAsync(
            "docker service inspect shop; docker service ps -q shop | xargs docker inspect; "
            + "docker ps -q | xargs docker inspect");
        Assert.DoesNotContain("PullOptions", shown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("RegistryAuth", shown, StringComparison.OrdinalIgnoreCase);
        await AssertHoldsNoPasswordAsync(team[1]);
        await AssertHoldsNoPasswordAsync(team[2]);
    });

    /// <summary>The registry's password is in no file of a host's engine, neither as it is nor as it is sent.</summary>
    private static async Task AssertHoldsNoPasswordAsync(Session user)
    {
        string inConfig = Base64($"{Registry.User}:{Registry.Password}");

        // The beginning of what a client sends; its length can be divided by three, so what follows changes nothing.
        string sent = Base64("{\"username\":\"" + Registry.User + "\",\"password\":\"" + Registry.Password + "\"");
        string search = $"grep -rlaF -D skip -e '{Registry.Password}' -e {inConfig} -e {sent}";
        TestHost host = user.Host;
        string found = await user.PrepareAsync(
            $"echo {inConfig} > $SHARE/known; "
            + $"{search} {host.DataRoot} {host.Kind.ExecRoot} {host.LogFile} $SHARE/known; true");
        Assert.Equal($"{host.Share}/known", found.Trim());
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
