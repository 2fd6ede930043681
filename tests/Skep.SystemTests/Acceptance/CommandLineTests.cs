using Skep.SystemTests.Hosts;
using Skep.Tests.Cli.Grammar;

namespace Skep.SystemTests.Acceptance;

/// <summary>The program's own CLI beside every genuine one on this machine, as far as it needs no daemon.</summary>
public sealed class CommandLineTests : IDisposable
{
    private const string Nowhere = "-H unix:///nosuch";

    // Each ends with an error, and the genuine CLI with the same code whatever its version.
    private static readonly string[] wrongLines =
    [
        "nosuch", "--nosuch", "ps --nosuch", "ps -Z", "ps extra", "run", "run --nosuch x", "run -p", "-H a -H b ps",
        $"{Nowhere} ps", $"{Nowhere} run x", $"{Nowhere} create x", $"{Nowhere} exec a b", $"{Nowhere} start a",
        "-H foo://x ps", "inspect", "inspect --type nosuch x", "context use nosuch", "-c nosuch ps", "service create",
        "service nosuch", "login -p", "login a b", "login --password-stdin", "network create", "swarm join",
        "swarm init --nosuch", "cp a", "exec a", "version --format {{", "info --format {{",
        $"{Nowhere} ps --format {{{{", "-l nosuch ps", "help nosuch",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("skep-cli").FullName;

    private static string Own => Path.Combine(Engine.OutFolder, "docker");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [ProgramFact("docker")]
    public async Task Every_command_and_flag_of_the_installed_cli_is_there_or_left_out_with_a_reason()
    {
        string[] leftOut = await File.ReadAllLinesAsync(Path.Combine(Engine.Root, "docs/cli-left-out.txt"));
        Finished own = await RunAsync(Own, "debug", "commands");
        foreach (string genuine in await GenuineAsync())
        {
            IReadOnlyList<string> theirs = await new CommandWalk(genuine).LinesAsync();
            Assert.True(theirs.Count > 500, $"{genuine} shows {theirs.Count} commands and flags");
            string gaps = string.Join('\n', CommandGap.Find(theirs, own.Output.Split('\n'), leftOut));
            Assert.True(gaps.Length == 0, $"beside {genuine}:\n{gaps}");
        }
    }

    [ProgramFact("docker")]
    public async Task Errors_go_to_standard_error_with_the_codes_of_the_genuine_cli()
    {
        foreach (string genuine in await GenuineAsync())
        {
            var different = new List<string>();
            foreach (string line in wrongLines)
            {
                string[] words = line.Split(' ');
                Finished theirs = await RunAsync(genuine, words);
                Finished ours = await RunAsync(Own, words);
                different.AddRange(theirs.ExitCode == ours.ExitCode && ours.Output.Length == 0 && ours.Errors.Length > 0
                    ? [] : [$"{genuine}: {theirs.ExitCode}, {ours}"]);
            }

            Assert.True(different.Count == 0, string.Join('\n', different));
        }
    }

    [ProgramFact("docker")]
    public async Task Contexts_of_one_client_serve_the_other()
    {
        foreach (string genuine in await GenuineAsync())
        {
            await ShareContextsAsync(maker: genuine, user: Own);
            await ShareContextsAsync(maker: Own, user: genuine);
        }
    }

    [SkepFact]
    public async Task Bash_completes_commands_flags_and_values()
    {
        const string script = """
            source <(skep completion bash)
            ask() {
                COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
                _skep_complete
                echo "${COMPREPLY[*]}"
            }
            COMP_TYPE=63
            ask 'skep swarm unlo' skep swarm unlo
            source <(skep completion bash --no-descriptions)
            ask 'skep swarm u' skep swarm u
            source <(skep completion bash)
            COMP_TYPE=9
            ask 'skep swarm u' skep swarm u
            ask 'skep service cr' skep service cr
            ask 'skep service create --replicas-' skep service create --replicas-
            ask 'skep context use ' skep context use ''
            ask 'skep ps --format=j' skep ps --format = j
            """;
        Command shell = Described("bash", "-c", script);
        Finished finished = await (shell with
        {
            Environment = new Dictionary<string, string>(shell.Environment)
            {
                ["PATH"] = $"{Engine.OutFolder}:{Environment.GetEnvironmentVariable("PATH")}",
            },
        }).RunAsync();
        Assert.Equal(
            "unlock  (Unlock swarm) unlock-key  (Manage the unlock key)\n"
            + "unlock unlock-key update\nunlock unlock-key update\n"
            + "create\n--replicas-max-per-node\ndefault\njson\n", finished.Output);
    }

    // Old clients have no "context show".
    private async Task ShareContextsAsync(string maker, string user)
    {
        const string name = "shared";
        const string again = "shared-again";
        const string host = "tcp://10.0.0.9:2376";
        await CheckAsync(maker, "context", "create", name, "--description", "a <b> & c",
            "--docker", $"host={host},skip-tls-verify=true");
        await CheckAsync(user, "context", "use", name);
        string[] current = ["context", "ls", "--format", "{{if .Current}}{{.Name}}{{end}}"];
        Assert.Equal(name, (await CheckAsync(maker, current)).Text);

        // Where nothing else is said, ours speaks to our daemon when one runs on this machine.
        string[] list =
        [
            "context", "ls", "--format",
            "{{.Name}} {{.Current}} {{.Description}}{{if ne .Name \"default\"}} {{.DockerEndpoint}}{{end}}",
        ];
        Assert.Equal((await CheckAsync(maker, list)).Output, (await CheckAsync(user, list)).Output);
        string[] inspect =
            ["context", "inspect", "--format", "{{json .Endpoints.docker}} {{.Storage.MetadataPath}}"];
        Assert.Equal((await CheckAsync(maker, inspect)).Output, (await CheckAsync(user, inspect)).Output);

        string archive = Path.Combine(folder, "shared.tar");
        await CheckAsync(maker, "context", "export", name, archive);
        await CheckAsync(user, "context", "import", again, archive);
        Assert.Contains(host, (await CheckAsync(maker, "context", "inspect", again)).Text);
        await CheckAsync(user, "context", "use", "default");
        await CheckAsync(maker, "context", "rm", name, again);
        File.Delete(archive);
    }

    // All that are installed, but not ourselves under the name.
    private async Task<IReadOnlyList<string>> GenuineAsync()
    {
        var found = new List<string>();
        foreach (string program in new[] { "/usr/local/bin/docker", "/usr/bin/docker" }.Where(File.Exists))
        {
            Finished version = await RunAsync(program, "--version");
            if (!version.Output.Contains("build skep"))
            {
                found.Add(program);
            }
        }

        Assert.True(found.Count > 0, "no genuine docker in /usr/local/bin or /usr/bin: nothing to compare with");
        return found;
    }

    private async Task<Finished> CheckAsync(string program, params string[] words)
    {
        Finished finished = await RunAsync(program, words);
        Assert.True(finished.ExitCode == 0, $"{finished}");
        return finished;
    }

    private Task<Finished> RunAsync(string program, params string[] words) => Described(program, words).RunAsync();

    // An empty DOCKER_HOST would not be none: old clients then take the default context.
    private Command Described(string program, params string[] words) => new(
        "env", ["-u", "DOCKER_HOST", program, .. words])
    {
        Environment = new Dictionary<string, string> { ["DOCKER_CONFIG"] = folder },
    };
}
