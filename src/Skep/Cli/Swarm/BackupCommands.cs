using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Engine.Endpoints;

namespace Skep.Cli.Swarm;

/// <summary>skep swarm backup and restore: what docker swarm does not have.</summary>
internal static class BackupCommands
{
    public static DockerCommand Backup()
    {
        var command = new DockerCommand("backup", "[OPTIONS] FILE", "Write the whole swarm to a sealed file")
        {
            Count = WordCount.Exactly(1),
        };
        Option<string> passphrase = command.Flag(PassphraseFile());
        return command.Does(async (call, stop) =>
        {
            string path = call.Words[0];
            LocalFiles.CheckOutput(path, "failed to write the backup");
            using HttpResponseMessage answer = await call.Engine.SendAsync(
                HttpMethod.Get, "/skep/swarm/backup", null, stop, Headers(call, call.Get(passphrase)));
            await using Stream content = await answer.Content.ReadAsStreamAsync(stop);
            await LocalFiles.WriteWholeAsync(path, content, stop);
            call.Console.WriteLine($"The swarm is in {path}.");
            return 0;
        });
    }

    public static DockerCommand Restore()
    {
        var command = new DockerCommand("restore", "[OPTIONS] FILE", "Make a swarm again from a backup, on this node")
        {
            Count = WordCount.Exactly(1),
        };
        Option<string> passphrase = command.Flag(PassphraseFile());
        Option<string> advertise = command.Flag(Flags.Text(
            "advertise-addr", null, "Advertised address (format: \"<ip|interface>[:port]\")"));
        Option<string> listen = command.Flag(InitCommand.ListenAddr());
        Option<string> dataPath = command.Flag(Flags.Text(
            "data-path-addr", null,
            "Address or interface to use for data path traffic (format: \"<ip|interface>\")"));
        return command.Does(async (call, stop) =>
        {
            await using Stream content = LocalFiles.OpenRead(call.Words[0]);
            using var body = new StreamContent(content);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            Query query = new Query().Add("listenAddr", call.Get(listen)).Add("advertiseAddr", call.Get(advertise))
                .Add("dataPathAddr", call.Get(dataPath));
            using HttpResponseMessage answer = await call.Engine.SendAsync(
                HttpMethod.Post, $"/skep/swarm/restore{query}", body, stop, Headers(call, call.Get(passphrase)));
            using JsonDocument id = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(stop));
            call.Console.WriteLine($"Swarm restored: current node ({id.RootElement.GetString()}) is now its manager.");
            return 0;
        });
    }

    private static Option<string> PassphraseFile() => Flags.Text(
        "passphrase-file", null, "File with the passphrase (- for standard input; default: the unlock key)");

    private static Dictionary<string, string> Headers(Invocation call, string path)
    {
        if (path.Length == 0)
        {
            return [];
        }

        using var reader = new StreamReader(path == "-" ? call.Console.Input : LocalFiles.OpenRead(path));
        string passphrase = reader.ReadToEnd().TrimEnd('\r', '\n');
        return passphrase.Length == 0
            ? throw new CommandFailedException($"the passphrase in {path} is empty")
            : new Dictionary<string, string>
            {
                [BackupEndpoints.PassphraseHeader] = Convert.ToBase64String(Encoding.UTF8.GetBytes(passphrase)),
            };
    }
}
