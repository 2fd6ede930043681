using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Skep.Docker.Engine;
using Skep.Linux;

namespace Skep.Cli.Client;

/// <summary>A program docker-credential-NAME, which keeps credentials where the file is not safe enough.</summary>
/// <remarks>
/// Its protocol: one word says what to do (get, store, erase); a server's address or a JSON object goes to its standard
/// input, the answer or the complaint comes from its standard output, and a code other than 0 means failure.
/// </remarks>
internal sealed class CredentialProgram(string name)
{
    private const string Prefix = "docker-credential-";
    private const string NotFound = "credentials not found in native keychain";

    // Instead of a user's name: the secret is a token, not a password.
    private const string TokenUser = "<token>";

    /// <summary>What follows docker-credential-.</summary>
    public string Name => name;

    /// <summary>The one that docker would choose on this machine; null: none is installed.</summary>
    public static CredentialProgram? Detect()
    {
        string chosen = IsInstalled("pass") ? "pass" : "secretservice";
        return IsInstalled(Prefix + chosen) ? new CredentialProgram(chosen) : null;
    }

    /// <returns>Empty: it has none for the server.</returns>
    public AuthConfig Get(string server)
    {
        (int code, string answer) = Run("get", server);
        if (code != 0)
        {
            return answer.Trim() == NotFound ? new AuthConfig() : throw Failure("getting", code, answer);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            string user = document.RootElement.Text("Username");
            string secret = document.RootElement.Text("Secret");
            return user == TokenUser
                ? new AuthConfig { IdentityToken = secret, ServerAddress = server }
                : new AuthConfig { Username = user, Password = secret, ServerAddress = server };
        }
        catch (JsonException)
        {
            // The answer may hold a secret: it is not shown.
            throw new CommandFailedException($"error getting credentials: {Prefix}{name} did not answer in JSON");
        }
    }

    public void Store(AuthConfig credentials)
    {
        bool isToken = credentials.IdentityToken is { Length: > 0 };
        var request = new MemoryStream();
        using (var writer = new Utf8JsonWriter(request))
        {
            writer.WriteStartObject();
            writer.WriteString("ServerURL", credentials.ServerAddress);
            writer.WriteString("Username", isToken ? TokenUser : credentials.Username);
            writer.WriteString("Secret", isToken ? credentials.IdentityToken : credentials.Password);
            writer.WriteEndObject();
        }

        (int code, string answer) = Run("store", Encoding.UTF8.GetString(request.ToArray()) + "\n");
        if (code != 0)
        {
            throw Failure("storing", code, answer);
        }
    }

    public void Erase(string server)
    {
        (int code, string answer) = Run("erase", server);
        if (code != 0 && answer.Trim() != NotFound)
        {
            throw Failure("erasing", code, answer);
        }
    }

    // Its standard error is ours: it may talk to the user.
    private (int Code, string Answer) Run(string action, string input)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(Prefix + name, [action])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            try
            {
                process.StandardInput.Write(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It does not want to know; its answer tells.
                process.StandardInput.Dispose();
            }

            char[] answer = new char[Limits.HelperAnswerBytes];
            int length = process.StandardOutput.ReadBlock(answer);
            process.WaitForExit();
            return (process.ExitCode, new string(answer, 0, length));
        }
        catch (Win32Exception failure)
        {
            string reason = failure.NativeErrorCode == Errno.ENOENT
                ? "executable file not found in $PATH" : failure.Message;
            throw new CommandFailedException(
                $"error getting credentials - err: exec: \"{Prefix}{name}\": {reason}, out: ``");
        }
    }

    private static CommandFailedException Failure(string action, int code, string answer) =>
        new($"error {action} credentials - err: exit status {code}, out: `{answer.Trim()}`");

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
