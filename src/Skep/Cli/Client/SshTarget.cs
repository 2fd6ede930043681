namespace Skep.Cli.Client;

/// <summary>A machine that is reached through the program ssh, which knows keys, agents and hosts' names.</summary>
/// <param name="User">"": ssh decides.</param>
/// <param name="Port">"": ssh decides.</param>
/// <param name="SocketPath">Of the daemon over there; "": the default one of the program that is asked.</param>
internal sealed record SshTarget(string User, string Host, string Port, string SocketPath)
{
    private const string ConnectTimeout = "-o ConnectTimeout=30";

    /// <summary>Reads "ssh://user@host:port/path".</summary>
    /// <exception cref="FormatException">With docker's words.</exception>
    public static SshTarget Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri))
        {
            throw Refusal("hostname is empty");
        }

        string[] user = uri.UserInfo.Split(':', 2);
        string? complaint =
            user.Length > 1 ? "plain-text password is not supported"
            : uri.Host.Length == 0 ? "hostname is empty"
            : uri.Query.Length > 0 ? $"query parameters are not allowed: \"{uri.Query[1..]}\""
            : uri.Fragment.Length > 0 ? $"fragments are not allowed: \"{uri.Fragment[1..]}\""
            : null;
        return complaint is not null ? throw Refusal(complaint) : new SshTarget(
            Uri.UnescapeDataString(user[0]), uri.Host.Trim('[', ']'), uri.Port > 0 ? $"{uri.Port}" : "",
            uri.AbsolutePath == "/" ? "" : Uri.UnescapeDataString(uri.AbsolutePath));
    }

    /// <summary>What follows "ssh": the far side's program carries its standard streams to its daemon.</summary>
    /// <param name="program">The name that this program was called by.</param>
    public IReadOnlyList<string> Arguments(string program) =>
    [
        ConnectTimeout, "-T",
        .. User.Length > 0 ? ["-l", User] : Array.Empty<string>(),
        .. Port.Length > 0 ? ["-p", Port] : Array.Empty<string>(),
        "--", Host, .. Remote(program),
    ];

    // A machine with Skep need not have a program called docker: then skep is asked, if it is there. The far side's
    // shell puts the words together, so that the script must be quoted for it.
    private string[] Remote(string program)
    {
        string[] words = SocketPath.Length > 0
            ? ["--host", $"unix://{SocketPath}", "system", "dial-stdio"] : ["system", "dial-stdio"];
        string tail = string.Join(' ', words.Select(Quote));
        return program == "docker" ? ["docker", .. words] :
        [
            "sh", "-c", Quote($"if command -v skep >/dev/null 2>&1; then exec skep {tail}; fi; exec docker {tail}"),
        ];
    }

    private static string Quote(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";

    private static FormatException Refusal(string complaint) =>
        new($"ssh host connection is not valid: invalid SSH URL: {complaint}");
}
