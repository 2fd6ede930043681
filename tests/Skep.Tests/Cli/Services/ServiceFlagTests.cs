using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Skep.Cli;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Services;
using Skep.Cli.Streams;
using Skep.Docker.Engine;

namespace Skep.Tests.Cli.Services;

/// <summary>
/// What docker 28.2.2 sends for flags, as differences: of a creation to one without flags, of an update to the service
/// in service.json. A line with "!" is what it says instead.
/// </summary>
public sealed class ServiceFlagTests
{
    [Fact]
    public async Task A_creation_asks_for_what_docker_asks_for()
    {
        ServiceSpec plain = await CreatedAsync(["alpine"]);
        GoldenText.Check("Cli/Services/create.txt", await ReplayAsync("create.txt", plain, CreatedAsync));
    }

    [Fact]
    public async Task An_update_changes_what_docker_changes()
    {
        byte[] json = File.ReadAllBytes(PathOf("service.json"));
        ServiceInspect service = JsonSerializer.Deserialize(json, EngineJson.Default.ServiceInspect)!;
        GoldenText.Check("Cli/Services/update.txt", await ReplayAsync("update.txt", service.Spec, async arguments =>
        {
            var command = new DockerCommand("update", "", "");
            var flags = new ServiceUpdateFlags(command);
            using Run run = Run.Of(command, arguments);
            if (run.Call.Get(flags.RollsBack) && flags.AsksForChange(run.Call))
            {
                throw new CommandFailedException("other flags may not be combined with --rollback");
            }

            return await flags.ChangedAsync(run.Call, service.Spec, CancellationToken.None);
        }));
    }

    private static async Task<ServiceSpec> CreatedAsync(string[] arguments)
    {
        var command = new DockerCommand("create", "", "") { FirstWordEndsOptions = true };
        var flags = new ServiceCreateFlags(command);
        using Run run = Run.Of(command, arguments);
        return await flags.SpecAsync(run.Call, CancellationToken.None);
    }

    // The same file again, with what we make of each of its command lines.
    private static async Task<string> ReplayAsync(
        string file, ServiceSpec before, Func<string[], Task<ServiceSpec>> make)
    {
        SortedDictionary<string, string> old = Leaves(ImagePin.Tagged(before));
        var text = new StringBuilder();
        foreach (string line in File.ReadLines(PathOf(file)).Where(line => line.StartsWith('$')))
        {
            text.Append(line).Append('\n');
            try
            {
                SortedDictionary<string, string> now =
                    Leaves(ImagePin.Tagged(await make(ShellWords.Split(line[2..]))));
                foreach (string path in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
                {
                    text.Append(!now.TryGetValue(path, out string? value) ? $"- {path}\n"
                        : old.GetValueOrDefault(path) == value ? "" : $"+ {path} = {value}\n");
                }
            }
            catch (CommandFailedException refused)
            {
                text.Append("! ").Append(refused.Message.Split('\n')[0]).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString()[..^1];
    }

    private static SortedDictionary<string, string> Leaves(ServiceSpec spec)
    {
        var leaves = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Collect(JsonSerializer.SerializeToElement(spec, EngineJson.Default.ServiceSpec), "", leaves);
        return leaves;
    }

    private static void Collect(JsonElement json, string path, SortedDictionary<string, string> leaves)
    {
        if (json.Members().Any())
        {
            foreach (JsonProperty member in json.Members())
            {
                Collect(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", leaves);
            }
        }
        else if (json.Items().Any())
        {
            foreach ((int i, JsonElement item) in json.Items().Index())
            {
                Collect(item, $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", leaves);
            }
        }
        else
        {
            leaves[path] = json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();
        }
    }

    private static string PathOf(string file, [System.Runtime.CompilerServices.CallerFilePath] string caller = "") =>
        Path.Combine(Path.GetDirectoryName(caller)!, file);

    /// <summary>One command line, read; no daemon is there to be asked.</summary>
    private sealed class Run(Interrupts interrupts, CliSession session, Invocation call) : IDisposable
    {
        public Invocation Call => call;

        public static Run Of(DockerCommand command, string[] arguments)
        {
            var root = new DockerCommand("docker", "", "").With(command.Does((_, _) => Task.FromResult(0)));
            FlagWords.Reading reading = FlagWords.Read("docker", root, [command.Name, .. arguments]);
            ParseResult parsed = root.Parse(reading.Canonical, new ParserConfiguration
            {
                EnablePosixBundling = false,
                ResponseFileTokenReplacer = null,
            });
            if (parsed.Errors.Count > 0)
            {
                throw new CommandFailedException(parsed.Errors[0].Message);
            }

            var interrupts = new Interrupts(CancellationToken.None);
            var console = new CliConsole(Stream.Null, Stream.Null, Stream.Null);
            var session = new CliSession("docker", console, new ConnectionFlags.Values
            {
                ConfigDirectory = "/nonexistent",
                Context = "",
                Hosts = ["unix:///nonexistent.sock"],
                Authority = "",
                Certificate = "",
                Key = "",
            }, interrupts, TimeProvider.System);
            return new Run(interrupts, session, new Invocation(parsed, reading.Command, session));
        }

        public void Dispose()
        {
            session.Dispose();
            interrupts.Dispose();
        }
    }
}
