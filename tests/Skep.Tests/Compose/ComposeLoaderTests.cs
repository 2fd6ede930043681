using Skep.Docker.Compose;
using Xunit;

namespace Skep.Tests.Compose;

public sealed class ComposeLoaderTests
{
    private readonly Dictionary<string, string> files = [];
    private readonly Dictionary<string, string> variables = [];

    [Fact]
    public void A_service_is_a_record_with_numbers_in_one_unit()
    {
        ComposeService web = Assert.Single(Load("""
            services:
              web:
                image: a
                command: run "it all"
                stop_grace_period: 1m30s
                shm_size: 2g
                ports: ["8080-8081:80-81/udp"]
                deploy:
                  replicas: 3
                  resources: {limits: {cpus: "0.5", memory: 50M}}
                  update_config: {delay: 10s, max_failure_ratio: 0.25}
                ulimits: {nofile: 5, core: {soft: 1, hard: 2}}
                healthcheck: {test: exit 0, interval: 2s}
            """).Services);

        Assert.Equal(["run", "it all"], web.Command!.Value);
        Assert.Equal(90_000_000_000, web.StopGraceNanoseconds);
        Assert.Equal(["/dev/shm:size=2097152k"], web.Tmpfs);
        Assert.Equal(
            [(8080u, 80u, "udp"), (8081u, 81u, "udp")],
            web.Ports.Select(port => (port.Published, port.Target, port.Protocol)));
        Assert.Equal(3ul, web.Deploy.Replicas);
        Assert.Equal(("0.5", 52_428_800), (web.Deploy.Limits!.Cpus, web.Deploy.Limits.MemoryBytes));
        Assert.Equal((10_000_000_000, 0.25f), (web.Deploy.Update!.DelayNanoseconds, web.Deploy.Update.MaxFailureRatio));
        Assert.Equal(new ComposeUlimit(5, 5), web.Ulimits["nofile"]);
        Assert.Equal(new ComposeUlimit(1, 2), web.Ulimits["core"]);
        Assert.Equal(["CMD-SHELL", "exit 0"], web.Health!.Test);
        Assert.Equal(3, web.PlaceOf("image").Line);
    }

    [Fact]
    public void A_secret_holds_the_value_of_its_variable_and_does_not_show_it()
    {
        variables["TOKEN"] = "hidden";
        ComposeFileObject secret = Assert.Single(Load("secrets: {s: {environment: TOKEN}}").Secrets);

        Assert.Equal("hidden", secret.Content);
        Assert.DoesNotContain("hidden", secret.ToString());
    }

    [Fact]
    public void A_secret_without_its_variable_is_refused() => Assert.Equal(
        "c.yml:1: secrets.s.environment: the variable \"TOKEN\" is required and is not set",
        Assert.Throws<ComposeException>(() => Load("secrets: {s: {environment: TOKEN}}")).Message);

    [Fact]
    public void The_shell_counts_more_than_the_file_of_variables()
    {
        files["/p/.env"] = "A=file\nB=file";
        variables["A"] = "shell";
        ComposeProject project = Load("services: {a: {image: \"${A}-${B}\"}}");

        Assert.Equal("shell-file", project.Services[0].Image);
        Assert.Equal(["/p/.env"], project.VariableFiles);
    }

    [Fact]
    public void A_gate_to_a_service_that_is_not_there_is_told_and_left_out()
    {
        ComposeProject project = Load("""
            services:
              a:
                image: x
                depends_on:
                  b: {condition: service_healthy}
                  c: {condition: service_started, required: false}
              b: {image: x, profiles: [other]}
            """);

        Assert.Empty(project.Services[0].DependsOn);
        Assert.Contains(project.Warnings, warning => warning.Text
            == "service \"a\" depends on undefined service \"b\": it is left out");
        Assert.DoesNotContain(project.Warnings, warning => warning.Text.Contains("\"c\""));
    }

    [Fact]
    public void Conditions_are_kept_for_who_can_honour_them()
    {
        ComposeProject project = Load("""
            services:
              a: {image: x, depends_on: {b: {condition: service_healthy}}}
              b: {image: x}
            """);

        ComposeStartGate gate = Assert.Single(project.Services[0].DependsOn);
        Assert.Equal(("b", "service_healthy", true), (gate.Service, gate.Condition, gate.IsRequired));
    }

    [Theory]
    [InlineData("services: {a: {image: x, extends: b}, b: {extends: a}}", "circular reference")]
    [InlineData("services: {a: {extends: nobody}}", "service \"nobody\" not found")]
    [InlineData("services: {a: {extends: {file: gone.yml, service: a}}}", "open /p/gone.yml: no such file")]
    [InlineData("include: [loop.yml]\nservices: {a: {image: x}}", "include cycle detected")]
    [InlineData("include: [same.yml]\nservices: {a: {image: x}}", "services.a conflicts with imported resource")]
    [InlineData("include: {a: b}", "include must be a list")]
    public void What_leads_nowhere_or_round_in_circles_is_refused(string text, string message)
    {
        files["/p/loop.yml"] = "include: [loop.yml]";
        files["/p/same.yml"] = "services: {a: {image: y}}";

        Assert.Contains(message, Assert.Throws<ComposeException>(() => Load(text)).Message);
    }

    [Fact]
    public void Aliases_that_would_make_millions_of_values_are_refused()
    {
        string text = "x-a: &a [1,1,1,1,1,1,1,1,1,1]\n";
        for (char level = 'b'; level < 'i'; level++)
        {
            string below = $"*{(char)(level - 1)}";
            text += $"x-{level}: &{level} [{string.Join(", ", Enumerable.Repeat(below, 10))}]\n";
        }

        Assert.Contains("excessive aliasing", Assert.Throws<ComposeException>(() => Load(text)).Message);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        string text = "x-a: " + new string('[', 500) + new string(']', 500);

        Assert.Contains("nested deeper than", Assert.Throws<ComposeException>(() => Load(text)).Message);
    }

    [Fact]
    public void Two_files_with_carriage_returns_are_one_project()
    {
        ComposeProject project = ComposeLoader.Load(Request(
            new("a.yml", "services:\r\n  a:\r\n    image: x\r\n    command: |\r\n      one\r\n"),
            new("b.yml", "services:\r\n  a:\r\n    hostname: h\r\n")));

        Assert.Equal(("x", "h"), (project.Services[0].Image, project.Services[0].Hostname));
        Assert.Equal(["one"], project.Services[0].Command!.Value);
        Assert.Equal("b.yml:3", project.Services[0].PlaceOf("hostname").ToString());
    }

    private ComposeProject Load(string text) => ComposeLoader.Load(Request(new ComposeSource("c.yml", text)));

    private ComposeRequest Request(params ComposeSource[] sources) => new()
    {
        Sources = [.. sources],
        Directory = "/p",
        Environment = variables,
        ReadFile = files.GetValueOrDefault,
    };
}
