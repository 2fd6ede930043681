using Skep.Docker.Templates;
using Skep.Swarm;
using Skep.Swarm.Objects;
using ContainerSpec = Skep.Swarm.Objects.ContainerSpec;
using Driver = Skep.Swarm.Objects.Driver;
using Mount = Skep.Swarm.Objects.Mount;
using NodeDescription = Skep.Swarm.Objects.NodeDescription;
using Platform = Skep.Swarm.Objects.Platform;
using VolumeOptions = Skep.Swarm.Objects.VolumeOptions;

namespace Skep.Tests.Docker.Templates;

public class TaskTemplateTests
{
    private static readonly TaskTemplate Template = new(
        new SwarmTask
        {
            Id = new TaskId("t1"),
            ServiceId = new ServiceId("s1"),
            NodeId = new NodeId("n1"),
            Slot = 3,
            ServiceAnnotations = new Annotations { Name = "web", Labels = ValueMap.Of(("tier", "front ä")) },
        },
        new NodeDescription
        {
            Hostname = "host", Platform = new Platform { Architecture = "x86_64", OS = "linux" },
        });

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{.Service.ID}}/{{.Service.Name}}", "s1/web")]
    [InlineData("{{index .Service.Labels \"tier\"}}", "front ä")]
    [InlineData("{{.Node.ID}} {{.Node.Hostname}} {{.Node.Platform.OS}}/{{.Node.Platform.Architecture}}",
        "n1 host linux/x86_64")]
    [InlineData("{{.Task.ID}} {{.Task.Name}} {{.Task.Slot}}", "t1 web.3.t1 3")]
    [InlineData("{{join \"-\" .Service.Name .Task.Slot}}", "web-3")]
    [InlineData("ö{{if eq .Task.Slot \"3\"}}é{{end}}", "öé")]
    public void A_hostname_is_filled_in(string template, string expected) =>
        Assert.Equal(expected, Template.Expand(new ContainerSpec { Hostname = template }).Hostname);

    [Fact]
    public void Only_the_values_of_variables_are_templates() => Assert.Equal(
        ["{{.A}}=3", "PLAIN", "B=web=web"],
        Template.Expand(new ContainerSpec
        {
            Env = ["{{.A}}={{.Task.Slot}}", "PLAIN", "B={{.Service.Name}}={{.Service.Name}}"],
        }).Env);

    [Fact]
    public void Mounts_are_filled_in_down_to_their_volumes()
    {
        Mount mount = Template.Expand(new ContainerSpec
        {
            Mounts =
            [
                new Mount
                {
                    Source = "data-{{.Task.Slot}}",
                    Target = "/{{.Service.Name}}",
                    VolumeOptions = new VolumeOptions
                    {
                        Labels = ValueMap.Of(("slot", "{{.Task.Slot}}")),
                        DriverConfig = new Driver { Name = "local", Options = ValueMap.Of(("o", "{{.Node.ID}}")) },
                    },
                },
            ],
        }).Mounts[0];
        Assert.Equal(("data-3", "/web"), (mount.Source, mount.Target));
        Assert.Equal("3", mount.VolumeOptions!.Labels["slot"]);
        Assert.Equal("n1", mount.VolumeOptions.DriverConfig!.Options["o"]);
    }

    [Fact]
    public void What_does_not_exist_is_refused_in_docker_s_words()
    {
        RefusedException refusal = Assert.Throws<RefusedException>(
            () => Template.Expand(new ContainerSpec { Env = ["A={{.Nope}}"] }));
        Assert.Equal(
            "expanding env failed: expanding env \"A={{.Nope}}\": template: expansion:1:2: executing \"expansion\" "
            + "at <.Nope>: can't evaluate field Nope in type *template.Context",
            refusal.Message);
        Assert.StartsWith("expanding hostname failed: template: expansion:1", Assert.Throws<RefusedException>(
            () => Template.Expand(new ContainerSpec { Hostname = "{{" })).Message);
    }

    [Fact]
    public void Functions_of_docker_s_commands_and_of_contents_do_not_exist_in_specs()
    {
        foreach (string function in new[] { "json .", "secret \"x\"", "config \"x\"", "env \"x\"" })
        {
            RefusedException refusal = Assert.Throws<RefusedException>(
                () => Template.Expand(new ContainerSpec { Hostname = "{{" + function + "}}" }));
            Assert.Contains("not defined", refusal.Message);
        }
    }
}
