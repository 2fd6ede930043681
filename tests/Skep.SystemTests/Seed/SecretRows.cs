using System.Text.RegularExpressions;
using Skep.SystemTests.Acceptance;

namespace Skep.SystemTests.Seed;

/// <summary>Secrets are kept, listed, given to tasks and taken away: rows 24 to 28.</summary>
internal sealed partial class SecretRows(Walk walk)
{
    private const string Reader = "postgres sh -c 'cat $POSTGRES_PASSWORD_FILE >/tmp/got; exec sleep 600'";

    private readonly Session first = walk[1];

    public async Task PlayAsync()
    {
        await walk.RowAsync(24, CreateAsync);
        await walk.RowAsync(25, ViewAsync);
        await walk.RowAsync(26, GiveAsync);
        await walk.RowAsync(27, ReadAsync);
        await walk.RowAsync(28, ChangeAsync);
    }

    private async Task CreateAsync()
    {
        await first.PrepareAsync(
            "echo mypsqluser >$SHARE/psql_user.txt && head -c 511999 /dev/urandom >$SHARE/large");
        await first.SayAsync("docker secret create psql_user $SHARE/psql_user.txt");
        await first.SayAsync("echo superSecretPassword | docker secret create psql_pass -");
        await first.SayAsync("docker secret create large $SHARE/large");
        await first.TypeAsync("head -c 512001 /dev/urandom | docker secret create larger - 2>&1");
    }

    private async Task ViewAsync()
    {
        Assert.Matches(@"^ID +NAME +DRIVER +CREATED +UPDATED\n", await first.SayAsync("docker secret ls"));
        string json = await first.SayAsync("docker secret inspect psql_user | grep -v Index");
        Assert.Matches(Inspected(), json);
        Assert.DoesNotContain("mypsqluser", json, StringComparison.Ordinal);
        Assert.DoesNotContain("bXlwc3FsdXNl", json, StringComparison.Ordinal);
        await first.SayAsync("docker secret inspect --pretty psql_pass");
    }

    private async Task GiveAsync()
    {
        const string here = "--constraint node.hostname==host1";
        await first.PrepareAsync(
            $"{Walk.Create} --name psql {here} --secret psql_user --secret psql_pass "
            + "--secret source=large,target=renamed,uid=33,gid=2000,mode=0440 "
            + "-e POSTGRES_USER_FILE=/run/secrets/psql_user "
            + $"-e POSTGRES_PASSWORD_FILE=/run/secrets/psql_pass {Reader}");
        await first.PrepareAsync($"{Walk.Create} --name none {here} postgres sleep 600");
        await walk.UntilServicesAsync("psql 1/1", "none 1/1");
        await first.SayAsync(In("psql", "sh -c 'cd /run/secrets; stat -c \"%n %a %u %g\" *; stat -f -c %T psql_user; "
            + "cat psql_user psql_pass'"));
        Assert.Equal(
            await first.PrepareAsync("sha256sum <$SHARE/large"),
            await first.PrepareAsync($"{In("psql", "cat /run/secrets/renamed")} | sha256sum"));
        await first.SayAsync(In("none", "sh -c 'ls /run/secrets 2>/dev/null | wc -l'"));
    }

    private async Task ReadAsync() =>
        Assert.Equal("superSecretPassword", await first.SayAsync(In("psql", "cat /tmp/got")));

    private async Task ChangeAsync()
    {
        await first.TypeAsync("docker secret rm psql_user 2>&1");
        string before = await first.PrepareAsync($"echo {IdOf("psql")}");
        await first.PrepareAsync("echo another | docker secret create psql_pass2 -");
        await first.PrepareAsync($"{Walk.Update} --update-monitor 200ms --secret-rm psql_pass "
            + "--secret-add source=psql_pass2,target=psql_pass psql");
        await walk.UntilUpdateAsync("psql", "completed");
        Assert.NotEqual(before, await first.PrepareAsync($"echo {IdOf("psql")}"));
        Assert.Equal("another", await first.SayAsync(In("psql", "cat /run/secrets/psql_pass")));
        await first.PrepareAsync("docker service rm none");
        await first.SayAsync("docker secret rm psql_pass | wc -l");
        await first.PrepareAsync("docker service rm psql");
        await first.SayAsync("docker secret rm psql_user psql_pass2 large | wc -l && docker secret ls -q");
    }

    private static string IdOf(string service) =>
        $"$(docker ps -q --filter label=com.docker.swarm.service.name={service} | head -n 1)";

    private static string In(string service, string line) => $"docker exec {IdOf(service)} {line}";

    [GeneratedRegex("""
        ^\[\s+\{\s+"ID":\s"[a-z0-9]{25}",\s+"Version":\s\{\s+\},\s+"CreatedAt":\s"[^"]+",\s+
        """ + """
        "UpdatedAt":\s"[^"]+",\s+"Spec":\s\{\s+
        """ + """
        "Name":\s"psql_user",\s+"Labels":\s\{\}\s+\}\s+\}\s+\]$
        """)]
    private static partial Regex Inspected();
}
