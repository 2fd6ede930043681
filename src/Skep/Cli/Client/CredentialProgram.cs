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

    private static readonly Act getting = new("get", "getting");
    private static readonly Act storing = new("store", "storing");
    private static readonly Act erasing = new("erase", "erasing");

    // The program's word for what it shall do, and the user's when it fails.
    private readonly record struct Act(string Word, string Doing);

    /// <summary>What follows docker-credential-.</summary>
    public string Name => name;

    /// <summary>The one that docker would choose on this machine; null: none is installed.</summary>
    public static CredentialProgram? Detect()
    {
        string chosen = SearchPath.Find("pass") is not null ? "pass" : "secretservice";
        return SearchPath.Find(Prefix + chosen) is not null ? new CredentialProgram(chosen) : null;
    }

    /// <returns>Empty: it has none for the server.</returns>
    public AuthConfig Get(string server)
    {
        (int code, string answer) = Run(getting, server);
        if (code != 0)
        {
            return answer.Trim() == NotFound ? new AuthConfig() : throw Failure(getting, code, answer);
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

        (int code, string answer) = Run(storing, Encoding.UTF8.GetString(request.ToArray()) + "\n");
        if (code != 0)
        {
            throw Failure(storing, code, answer);
        }
    }

    public void Erase(string server)
    {
        (int code, string answer) = Run(erasing, server);
        if (code != 0 && answer.Trim() != NotFound)
        {
            throw Failure(erasing, code, answer);
        }
    }

    // Its standard error is ours: it may talk to the user.
    private (int Code, string Answer) Run(Act act, string input)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(Prefix + name, [act.Word])
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
            if (length == answer.Length)
            {
                // It would wait for a reader for ever, and nobody's credentials are that long.
                process.Kill();
                throw new CommandFailedException($"error {act.Doing} credentials: {Prefix}{name} answered with "
                    + $"{Limits.HelperAnswerBytes} bytes or more");
            }

            process.WaitForExit();
            return (process.ExitCode, new string(answer, 0, length));
        }
        catch (Win32Exception failure)
        {
            string reason = failure.NativeErrorCode == Errno.ENOENT
                ? "executable file not found in $PATH" : failure.Message;
            throw new CommandFailedException(
                $"error {act.Doing} credentials - err: exec: \"{Prefix}{name}\": {reason}, out: ``");
        }
    }

    private static CommandFailedException Failure(Act act, int code, string answer) =>
        new($"error {act.Doing} credentials - err: exit status {code}, out: `{answer.Trim()}`");
}
