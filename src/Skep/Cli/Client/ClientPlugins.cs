using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Skep.Cli.Contexts;
using Skep.Linux.Processes;

namespace Skep.Cli.Client;

/// <summary>Docker's plugins of the command line: "docker compose" runs the program docker-compose.</summary>
/// <remarks>
/// They lie where docker looks for them and get the whole line, the flags before their name among it, as docker gives
/// it to them. They find the daemon by docker's rules, so they are told of a socket that only we would look at.
/// </remarks>
internal static partial class ClientPlugins
{
    private const int Terminate = 15;

    private static readonly string[] usualFolders =
    [
        "/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
        "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins",
    ];

    /// <returns>The plugin's exit code; null: there is none of that name.</returns>
    public static async Task<int?> RunAsync(CliSession session, string name, IReadOnlyList<string> line)
    {
        if (!NameRegex().IsMatch(name) || Find(session.Settings.Value, name) is not { } path)
        {
            return null;
        }

        var start = new ProcessStartInfo(path, line) { UseShellExecute = false };
        start.Environment["DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"] = Environment.ProcessPath ?? session.Program;
        if (IsUnchosen(session))
        {
            start.Environment["DOCKER_HOST"] = "unix://" + EndpointChoice.DefaultSocket(session.Program);
        }

        try
        {
            using Process plugin = Process.Start(start)!;

            // Whoever types Ctrl-C tells both of us; a SIGTERM is for us alone and is handed on.
            int id = plugin.Id;
            using CancellationTokenRegistration told = session.Interrupts.Stop.Register(
                () => ProcessHandle.TrySignal(id, Terminate, _ => session.Interrupts.Received == Terminate));
            await plugin.WaitForExitAsync(CancellationToken.None);
            return plugin.ExitCode;
        }
        catch (Win32Exception failure)
        {
            throw new CommandFailedException($"{session.Program}: the plugin {path} cannot be run: {failure.Message}");
        }
    }

    /// <summary>The program of a plugin, in the user's folders first.</summary>
    public static string? Find(ClientSettings settings, string name) =>
        settings.PluginFolders.Append(Path.Combine(settings.Directory, "cli-plugins")).Concat(usualFolders)
            .Select(folder => Path.Combine(folder, "docker-" + name)).FirstOrDefault(IsProgram);

    private static bool IsProgram(string path) => File.Exists(path)
        && (File.GetUnixFileMode(path)
            & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    private static bool IsUnchosen(CliSession session) => session.Connection is { Hosts.Count: 0, UsesTls: false }
        && EndpointChoice.ContextOf(session) == ContextStore.DefaultName
        && Environment.GetEnvironmentVariable("DOCKER_HOST") is null or "";

    [GeneratedRegex("^[a-z][a-z0-9]*$")]
    private static partial Regex NameRegex();
}
