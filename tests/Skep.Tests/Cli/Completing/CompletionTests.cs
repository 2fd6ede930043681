using Skep.Cli;
using Skep.Cli.Completing;

namespace Skep.Tests.Cli.Completing;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("con", "config container context")]
    [InlineData("swarm join-", "join-token")]
    [InlineData("service create --rep", "--replicas --replicas-max-per-node")]
    [InlineData("-H x service up", "update")]
    [InlineData("node update --availability ", "active pause drain")]
    [InlineData("ps --format=j", "--format=json")]
    [InlineData("run alpine --na", "")]
    [InlineData("nosuch --", "--config --context --debug --host --log-level --tls --tlscacert --tlscert --tlskey "
        + "--tlsverify --version")]
    public void Commands_flags_and_known_values_follow(string line, string words) =>
        Assert.Equal(words, string.Join(' ', Of(line).Words.Select(found => found.Word)));

    [Theory]
    [InlineData("rm ", NameKind.Container)]
    [InlineData("rm one ", NameKind.Container)]
    [InlineData("inspect ", NameKind.None)]
    [InlineData("run -it ", NameKind.Image)]
    [InlineData("run -it alpine ", NameKind.None)]
    [InlineData("run --name one ", NameKind.Image)]
    [InlineData("run --network ", NameKind.Network)]
    [InlineData("run --network=", NameKind.Network)]
    [InlineData("exec ", NameKind.Container)]
    [InlineData("network connect ", NameKind.Network)]
    [InlineData("network connect net ", NameKind.Container)]
    [InlineData("network connect net one ", NameKind.None)]
    [InlineData("service scale ", NameKind.Service)]
    [InlineData("service update --secret-add ", NameKind.Secret)]
    [InlineData("service create --config ", NameKind.Config)]
    [InlineData("--config ", NameKind.File)]
    [InlineData("--context ", NameKind.Context)]
    [InlineData("context use ", NameKind.Context)]
    [InlineData("node inspect ", NameKind.Node)]
    [InlineData("secret rm ", NameKind.Secret)]
    [InlineData("config inspect ", NameKind.Config)]
    [InlineData("volume rm ", NameKind.Volume)]
    [InlineData("rmi ", NameKind.Image)]
    [InlineData("secret create one ", NameKind.File)]
    [InlineData("load -i ", NameKind.File)]
    public void Names_are_asked_for_by_what_the_usage_line_says(string line, object kind) =>
        Assert.Equal(kind, Of(line).Names);

    [Fact]
    public void The_daemon_to_ask_is_the_one_on_the_line()
    {
        var flags = new List<string>();
        Completion.Of(RootCommands.Make("skep", out _), ["-H", "unix:///x", "--context=a", "rm", "-v", ""], flags);
        Assert.Equal(["--host=unix:///x", "--context=a"], flags);
    }

    [Fact]
    public void What_stands_before_a_value_in_its_word_stays()
    {
        Completion completion = Of("run --network=ne");
        Assert.Equal(("ne", "--network="), (completion.Prefix, completion.Lead));
    }

    private static Completion Of(string line) =>
        Completion.Of(RootCommands.Make("skep", out _), line.Split(' '), []);
}
