using System.CommandLine;
using System.Text;
using Skep.Cli;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Streams;
using Skep.Docker.Engine;
using static Skep.Tests.Stacks.Composed;

namespace Skep.Tests.Cli.Stacks;

/// <summary>docker stack deploy as a whole, with a manager that is not one.</summary>
public sealed class StackDeployTests : IAsyncLifetime
{
    private const string OneService = "services: {web: {image: \"web:1\"}}";

    private readonly string folder = Directory.CreateTempSubdirectory("skep-deploy-").FullName;
    private readonly FakeSwarm swarm;

    public StackDeployTests() => swarm = new FakeSwarm(Path.Combine(folder, "engine.sock"));

    public Task InitializeAsync() => swarm.ReadyAsync();

    public async Task DisposeAsync()
    {
        await swarm.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_dry_run_waits_for_nothing()
    {
        swarm.Services.Add(Service(SpecOf(Web with { Image = "web:0" })));

        (string output, string errors) = await DeployAsync(OneService, "--dry-run", "--detach=false");

        Assert.Contains("~ service app_web (id: id-web)", output);
        Assert.Equal("", errors);
        Assert.Empty(swarm.Changes);
    }

    [Theory]
    [InlineData("new", "+ secret app_key_")]
    [InlineData("old", "")]
    public async Task Another_option_of_a_secrets_driver_is_another_secret(string path, string expected)
    {
        swarm.Objects["secrets"].Add("""
            {"ID":"s1","Spec":{"Name":"app_key","Labels":{"com.docker.stack.namespace":"app"},
             "Driver":{"Name":"vault","Options":{"path":"old"}}}}
            """);

        (string output, string errors) = await DeployAsync(
            $$$"""
            services: {web: {image: "web:1", secrets: [key]}}
            secrets: {key: {driver: vault, driver_opts: {path: {{{path}}} } } }
            """,
            "--dry-run");

        Assert.Equal("", errors);
        Assert.Equal(expected.Length > 0, output.Contains("secret app_key_"));
        Assert.Contains(expected, output);
    }

    [Theory]
    [InlineData("stop_grace_period: 1s, healthcheck: {interval: 1ns}",
        "stack.yml:3: service web: ContainerSpec: Interval in HealthConfig cannot be less than 1ms")]
    [InlineData("ports: [\"80:80\", \"80:81\"]",
        "stack.yml:3: service web: EndpointSpec: duplicate published ports provided")]
    [InlineData("deploy: {placement: {constraints: [big]}}",
        "stack.yml:3: service web: constraint expected one operator from ==, !=")]
    [InlineData("isolation: deep", "stack.yml:3: service web: invalid isolation (deep): linux only supports 'default'")]
    [InlineData("hostname: \"{{.Nothing}}\"", "stack.yml:3: service web: ")]
    public async Task What_the_swarm_would_refuse_is_refused_with_its_place_before_anything_changes(
        string option, string message)
    {
        (_, string errors) = await DeployAsync(
            $"services:\n  first: {{image: \"a:1\"}}\n  web: {{image: \"web:1\", secrets: [key], {option}}}\n"
            + "secrets: {key: {driver: vault}}", "--detach");

        Assert.Contains(message, errors);
        Assert.Empty(swarm.Changes);
    }

    [Fact]
    public async Task A_secret_whose_file_was_emptied_is_refused_before_anything_changes()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "key.txt"), "");

        (_, string errors) = await DeployAsync("""
            services: {web: {image: "web:1", secrets: [key]}}
            secrets: {key: {file: ./key.txt}}
            """,
            "--detach");

        Assert.EndsWith(
            $"stack.yml:2: key: {folder}/key.txt is empty: data must be larger than 0 bytes", errors);
        Assert.Empty(swarm.Changes);
    }

    [Fact]
    public async Task Pruning_leaves_what_a_rollback_needs_and_says_at_the_end_what_it_could_not_remove()
    {
        ServiceSpec now = SpecOf(Web);
        swarm.Services.Add(Service(now) with { PreviousSpec = On(now, "n-before") });
        swarm.Objects["networks"].AddRange(
            new[] { "default", "before", "idle", "busy" }.Select(name => Network($"n-{name}", $"app_{name}")));
        swarm.Objects["secrets"].Add("""{"ID":"s-idle","Spec":{"Name":"app_idle"}}""");
        swarm.Objects["configs"].Add("""{"ID":"c-idle","Spec":{"Name":"app_idle"}}""");
        swarm.Refused["remove networks n-busy"] = "network n-busy is in use by service other";

        (string output, string errors) = await DeployAsync(OneService, "--detach", "--prune");

        Assert.Equal(
            ["remove secrets s-idle", "remove configs c-idle", "remove networks n-busy", "remove networks n-idle"],
            swarm.Changes.Where(change => change.StartsWith("remove", StringComparison.Ordinal)));
        Assert.Contains("Removing network app_idle\n", output);
        Assert.Contains(
            "Failed to remove network n-busy: Error response from daemon: network n-busy is in use by service other\n",
            errors);
        Assert.EndsWith("failed to remove some resources from stack: app", errors);
    }

    private static string Network(string id, string name) =>
        $$$"""{"Id":"{{{id}}}","Name":"{{{name}}}","Scope":"swarm","Driver":"overlay"}""";

    private static ServiceSpec On(ServiceSpec spec, string network) => spec with
    {
        TaskTemplate = spec.TaskTemplate with { Networks = [new NetworkTarget { Target = network }] },
    };

    private static ServiceInspect Service(ServiceSpec spec) => new()
    {
        Id = "id-web",
        Version = new SwarmVersion(),
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Spec = On(spec, "n-default"),
    };

    // The last error is what the command ended with.
    private async Task<(string Output, string Errors)> DeployAsync(string file, params string[] flags)
    {
        string path = Path.Combine(folder, "stack.yml");
        await File.WriteAllTextAsync(path, file);
        DockerCommand root = RootCommands.Make("docker", out ConnectionFlags connection);
        FlagWords.Reading reading = FlagWords.Read("docker", root, [
            "--config", folder, "-H", $"unix://{folder}/engine.sock",
            "stack", "deploy", "--resolve-image", "never", .. flags, "-c", path, "app",
        ]);
        ParseResult parsed = root.Parse(reading.Canonical);
        var output = new MemoryStream();
        var errors = new MemoryStream();
        using var interrupts = new Interrupts(CancellationToken.None);
        using var session = new CliSession(
            "docker", new CliConsole(Stream.Null, output, errors), connection.Read(parsed), interrupts,
            TimeProvider.System);
        string end = "";
        try
        {
            await reading.Command.Run!(new Invocation(parsed, reading.Command, session), CancellationToken.None);
        }
        catch (CommandFailedException failed)
        {
            end = failed.Message;
        }

        return (Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errors.ToArray()) + end);
    }
}
