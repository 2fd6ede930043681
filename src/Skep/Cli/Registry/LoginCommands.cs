using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Engine;

namespace Skep.Cli.Registry;

/// <summary>docker login and logout: credentials go into config.json.</summary>
internal static class LoginCommands
{
    public static DockerCommand Login()
    {
        var command = new DockerCommand("login", "[OPTIONS] [SERVER]", "Authenticate to a registry")
        {
            Count = WordCount.AtMost(1),
            Section = HelpSection.Common,
            CommonRank = 8,
            LongDescription = "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
        };
        var password = command.Flag(Flags.Text("password", 'p', "Password or Personal Access Token (PAT)"));
        var fromStdin = command.Flag(Flags.Switch(
            "password-stdin", null, "Take the Password or Personal Access Token (PAT) from stdin"));
        var user = command.Flag(Flags.Text("username", 'u', "Username"));
        return command.Does(async (call, stop) =>
        {
            string? complaint =
                call.Has(fromStdin) && call.Has(password)
                    ? "conflicting options: cannot specify both --password and --password-stdin"
                : call.Has(fromStdin) && !call.Has(user) ? "the --password-stdin option requires --username to be set"
                : call.Has(user) && call.Get(user).Length == 0 ? "username is empty"
                : call.Has(password) && call.Get(password).Length == 0 ? "password is empty"
                : null;
            if (complaint is not null)
            {
                throw new CommandFailedException(complaint);
            }

            if (call.Get(password).Length > 0)
            {
                call.Console.WriteErrorLine(
                    "WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
            }

            string secret = call.Get(fromStdin) ? ReadAll(call.Console) : call.Get(password);
            AuthConfig credentials = Ask(call, call.Get(user), secret);
            return await LoginAsync(call, credentials, stop);
        });
    }

    public static DockerCommand Logout()
    {
        var command = new DockerCommand("logout", "[SERVER]", "Log out from a registry")
        {
            Count = WordCount.AtMost(1),
            Section = HelpSection.Common,
            CommonRank = 9,
            LongDescription = "Log out from a registry.\n"
                + "If no server is specified, the default is defined by the daemon.",
        };
        return command.Does((call, _) =>
        {
            string server = Server(call);
            string host = call.Words.Count == 0 ? server : RegistryAuth.HostOf(server);
            call.Console.WriteLine($"Removing login credentials for {host}");
            foreach (string name in new[] { server, host, "http://" + host, "https://" + host }.Distinct())
            {
                ClientSettings.Load(call.Session.Settings.Value.Directory).SaveCredentials(name, null);
            }

            return Task.FromResult(0);
        });
    }

    private static string Server(Invocation call) =>
        call.Words.Count == 0 || call.Words[0] is "docker.io" or "" ? RegistryAuth.HubKey : call.Words[0];

    private static async Task<int> LoginAsync(Invocation call, AuthConfig credentials, CancellationToken stop)
    {
        JsonElement answer = await call.Engine.PostAsync("/auth", credentials, EngineJson.Default.AuthConfig, stop);
        string token = answer.Text("IdentityToken");
        AuthConfig kept = token.Length > 0 ? credentials with { Password = null, IdentityToken = token } : credentials;
        string name = credentials.ServerAddress!;
        ClientSettings settings = call.Session.Settings.Value;
        settings.SaveCredentials(name == RegistryAuth.HubKey ? name : RegistryAuth.HostOf(name), kept);
        call.Console.WriteErrorLine($"\nWARNING! Your credentials are stored unencrypted in "
            + $"'{Path.Combine(settings.Directory, "config.json")}'.\n");
        call.Console.WriteLine(answer.Text("Status"));
        return 0;
    }

    private static AuthConfig Ask(Invocation call, string user, string secret)
    {
        CliConsole console = call.Console;
        if (user.Length == 0 || secret.Length == 0)
        {
            if (!console.InputIsTerminal)
            {
                throw new CommandFailedException(
                    "Error: Cannot perform an interactive login from a non TTY device");
            }

            if (user.Length == 0)
            {
                console.Write("Username: ");
                user = console.ReadLine()?.Trim() ?? "";
            }

            if (user.Length == 0)
            {
                throw new CommandFailedException("Error: Non-null Username Required");
            }

            secret = secret.Length > 0 ? secret : console.ReadHidden("Password: ");
        }

        return secret.Length > 0
            ? new AuthConfig { Username = user, Password = secret, ServerAddress = Server(call) }
            : throw new CommandFailedException("Error: Password Required");
    }

    private static string ReadAll(CliConsole console)
    {
        using var reader = new StreamReader(console.Input, leaveOpen: true);
        string text = reader.ReadToEnd();
        text = text.EndsWith('\n') ? text[..^1] : text;
        return text.EndsWith('\r') ? text[..^1] : text;
    }
}
