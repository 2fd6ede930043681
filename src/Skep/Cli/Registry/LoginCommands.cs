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
            bool isBare = call.Get(user).Length == 0 && secret.Length == 0;
            AuthConfig stored = isBare ? Stored(call) : new AuthConfig();
            return stored is { Username.Length: > 0, Password.Length: > 0 }
                && await LoginAgainAsync(call, stored, stop)
                ? 0
                : await LoginAsync(call, Ask(call, call.Get(user), secret, stored.Username ?? ""), stop);
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
            string[] names = [.. new[] { server, host, "http://" + host, "https://" + host }.Distinct()];
            var refusals = new List<string>();
            foreach (string name in call.Words.Count == 0 ? [server] : names)
            {
                try
                {
                    call.Session.Settings.Value.RemoveCredentials(name);
                }
                catch (CommandFailedException refused)
                {
                    refusals.Add($"{name}: {refused.Message}");
                }
            }

            // Old names may well be unknown; that none could be removed is said, and is no failure (as in docker).
            if (refusals.Count == (call.Words.Count == 0 ? 1 : names.Length))
            {
                call.Console.WriteErrorLine("WARNING: could not erase credentials:");
                refusals.ForEach(call.Console.WriteErrorLine);
            }

            return Task.FromResult(0);
        });
    }

    private static string Server(Invocation call) =>
        call.Words.Count == 0 || call.Words[0] is "docker.io" or "" ? RegistryAuth.HubKey : call.Words[0];

    private static AuthConfig Stored(Invocation call)
    {
        string server = Server(call);
        string name = server == RegistryAuth.HubKey ? server : RegistryAuth.HostOf(server);
        return call.Session.Settings.Value.Credentials(name) with { ServerAddress = name, IdentityToken = null };
    }

    // With what is kept from an earlier login. False: it does not work any more.
    private static async Task<bool> LoginAgainAsync(Invocation call, AuthConfig stored, CancellationToken stop)
    {
        call.Console.WriteErrorLine($"Authenticating with existing credentials... [Username: {stored.Username}]\n\n"
            + $" Info -> To login with a different account, run '{call.Program} logout' followed by "
            + $"'{call.Program} login'\n\n");
        try
        {
            await LoginAsync(call, stored, stop);
            return true;
        }
        catch (CommandFailedException refused) when (refused.Status == System.Net.HttpStatusCode.Unauthorized)
        {
            call.Console.WriteErrorLine("Stored credentials invalid or expired");
        }
        catch (CommandFailedException refused) when (refused.Status is not null)
        {
            call.Console.WriteErrorLine($"Login did not succeed, error: {refused.Message}");
        }

        return false;
    }

    private static async Task<int> LoginAsync(Invocation call, AuthConfig credentials, CancellationToken stop)
    {
        JsonElement answer = await call.Engine.PostAsync("/auth", credentials, EngineJson.Default.AuthConfig, stop);
        string token = answer.Text("IdentityToken");
        AuthConfig kept = token.Length > 0 ? credentials with { Password = null, IdentityToken = token } : credentials;
        string name = credentials.ServerAddress!;
        ClientSettings settings = call.Session.Settings.Value;
        if (Save(settings, kept with
        {
            ServerAddress = name == RegistryAuth.HubKey ? name : RegistryAuth.HostOf(name),
        }))
        {
            call.Console.WriteErrorLine($"\nWARNING! Your credentials are stored unencrypted in "
                + $"'{settings.FilePath}'.\nConfigure a credential helper to remove this warning. See\n"
                + "https://docs.docker.com/go/credential-store/\n");
        }

        call.Console.WriteLine(answer.Text("Status"));
        return 0;
    }

    private static bool Save(ClientSettings settings, AuthConfig credentials)
    {
        try
        {
            return settings.SaveCredentials(credentials);
        }
        catch (CommandFailedException refused)
        {
            throw new CommandFailedException($"Error saving credentials: {refused.Message}");
        }
    }

    private static AuthConfig Ask(Invocation call, string user, string secret, string usual)
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
                console.Write(usual.Length > 0 ? $"Username ({usual}): " : "Username: ");
                user = console.ReadLine()?.Trim() is { Length: > 0 } typed ? typed : usual;
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
