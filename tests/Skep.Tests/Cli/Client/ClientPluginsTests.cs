using System.Diagnostics;
using Skep.Cli;
using Skep.Cli.Client;
using Skep.Cli.Streams;

namespace Skep.Tests.Cli.Client;

/// <summary>"docker compose" and its like: programs of their own below the folder of the settings.</summary>
public sealed class ClientPluginsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("skep-plugins").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_plugin_gets_the_whole_line_and_its_code_is_ours()
    {
        Have("cli-plugins/docker-hey", "echo \"$* of $DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND\" >\"$0.said\"; exit 7");
        Assert.Equal(7, await RunAsync("hey", "--debug", "hey", "you", "--x"));
        Assert.Equal($"--debug hey you --x of {Environment.ProcessPath}\n",
            File.ReadAllText(Path.Combine(folder, "cli-plugins/docker-hey.said")));
    }

    [Fact]
    public async Task Folders_of_the_settings_come_first()
    {
        Have("cli-plugins/docker-hey", "exit 1");
        Have("more/docker-hey", "exit 2");
        File.WriteAllText(
            Path.Combine(folder, "config.json"), $$"""{"cliPluginsExtraDirs":["{{Path.Combine(folder, "more")}}"]}""");
        Assert.Equal(2, await RunAsync("hey", "hey"));
    }

    [Fact]
    public async Task What_is_no_program_and_no_name_is_no_plugin()
    {
        Directory.CreateDirectory(Path.Combine(folder, "cli-plugins"));
        File.WriteAllText(Path.Combine(folder, "cli-plugins/docker-flat"), "");
        Have("docker-out", "exit 0");
        Assert.Null(await RunAsync("flat", "flat"));
        Assert.Null(await RunAsync("nosuch", "nosuch"));
        Assert.Null(await RunAsync("../../docker-out", "x"));
    }

    private async Task<int?> RunAsync(string name, params string[] line)
    {
        using var interrupts = new Interrupts(CancellationToken.None);
        using var session = new CliSession("docker", new CliConsole(Stream.Null, Stream.Null, Stream.Null),
            new ConnectionFlags.Values
            {
                ConfigDirectory = folder,
                Context = "",
                Hosts = ["unix:///nonexistent.sock"],
                Authority = "",
                Certificate = "",
                Key = "",
            }, interrupts, TimeProvider.System);
        return await ClientPlugins.RunAsync(session, name, line);
    }

    // Written by a process of its own: whoever forks while we have the file open would make it busy.
    private void Have(string name, string script)
    {
        const string write = "mkdir -p \"${2%/*}\"; printf '#!/bin/sh\\n%s\\n' \"$1\" >\"$2\"; chmod 700 \"$2\"";
        using Process shell = Process.Start("sh", ["-c", write, "sh", script, Path.Combine(folder, name)]);
        shell.WaitForExit();
    }
}
