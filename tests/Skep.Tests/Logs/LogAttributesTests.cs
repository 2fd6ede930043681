using Skep.Agent.Logs;
using Skep.Docker.Engine;
using Skep.Swarm;

namespace Skep.Tests.Logs;

public class LogAttributesTests
{
    private static readonly LogSubject Web = new(
        new string('a', 64),
        "web",
        "sha256:" + new string('b', 64),
        new ContainerConfig
        {
            Image = "web:1",
            Labels = new Dictionary<string, string> { ["tier"] = "front", ["other"] = "x" },
            Env = ["STAGE=test", "SECRET=no"],
        });

    [Fact]
    public void Only_the_named_labels_and_variables_stand_beside_a_line()
    {
        IReadOnlyDictionary<string, string> chosen = Choose(("labels", "tier"), ("env-regex", "^ST"));
        Assert.Equal(
            new Dictionary<string, string> { ["STAGE"] = "test", ["tier"] = "front" },
            chosen.ToDictionary(pair => pair.Key, pair => pair.Value));
    }

    [Fact]
    public void A_tag_names_the_container() =>
        Assert.Equal("web/aaaaaaaaaaaa web:1", Choose(("tag", "{{.Name}}/{{ .ID }} {{.ImageName}}"))["tag"]);

    [Fact]
    public void A_tag_that_cannot_be_made_is_refused() =>
        Assert.Throws<RefusedException>(() => Choose(("tag", "{{.Nonsense}}")));

    private static IReadOnlyDictionary<string, string> Choose(params (string Key, string Value)[] options) =>
        JsonFileOptions.Parse(
            new LogConfig { Type = "json-file", Config = options.ToDictionary(pair => pair.Key, pair => pair.Value) },
            Web).Attributes;
}
