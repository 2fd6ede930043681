using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Docker.Templates;

namespace Skep.Cli.Machine;

/// <summary>docker info.</summary>
internal static class InfoCommand
{
    private const int BadTemplateCode = 64;

    public static DockerCommand Make()
    {
        var command = new DockerCommand("info", "[OPTIONS]", "Display system-wide information")
        {
            Section = HelpSection.Common,
            CommonRank = 12,
            SpelledAliases = ["system info", "info"],
        };
        var format = command.Flag(SharedFlags.InspectFormat());
        return command.Does((call, stop) => call.Get(format) is { Length: > 0 } source
            ? FormattedAsync(call, source, stop)
            : PrettyAsync(call, stop));
    }

    private static async Task<int> PrettyAsync(Invocation call, CancellationToken stop)
    {
        call.Console.Write($"Client:\n Version:    {CliProgram.Version}\n"
            + $" Context:    {EndpointChoice.ContextOf(call.Session)}\n"
            + $" Debug Mode: {(call.Session.Connection.IsDebug ? "true" : "false")}\n\nServer:\n");
        JsonElement info = await call.Engine.GetAsync("/info", stop);
        string user = call.Session.Settings.Value.FileCredentials("docker.io").Username ?? "";
        call.Console.Write(InfoText.Of(info, user, call.Session.Connection.IsDebug));
        foreach (string warning in info.Texts("Warnings"))
        {
            call.Console.WriteErrorLine(warning);
        }

        return 0;
    }

    private static async Task<int> FormattedAsync(Invocation call, string source, CancellationToken stop)
    {
        Template template;
        try
        {
            template = Template.Parse(source == "json" ? "{{json .}}" : source);
        }
        catch (TemplateException malformed)
        {
            throw new CommandFailedException($"template parsing error: {malformed.Message}", BadTemplateCode);
        }

        GoField client = Client(call);
        try
        {
            // A template about the client alone needs no daemon.
            string own = template.Execute(new GoStruct("system.sparseInfo", [client]));
            if (source.Contains("ClientInfo", StringComparison.Ordinal))
            {
                call.Console.Write(own + "\n");
                return 0;
            }
        }
        catch (TemplateException needsServer) when (needsServer.Message.Length > 0)
        {
            return await WithServerAsync(call, template, client, stop);
        }

        return await WithServerAsync(call, template, client, stop);
    }

    private static async Task<int> WithServerAsync(
        Invocation call, Template template, GoField client, CancellationToken stop)
    {
        JsonElement info = await call.Engine.GetAsync("/info", stop);
        var server = (GoStruct)GoJson.Plain(info)!;
        var view = new GoStruct("system.dockerInfo", [.. server.Fields, client]) { IgnoresCase = true };
        try
        {
            call.Console.Write(template.Execute(view) + "\n");
            return 0;
        }
        catch (TemplateException misfit)
        {
            call.Console.Write("\n");
            throw new CommandFailedException(misfit.Message);
        }
    }

    private static GoField Client(Invocation call)
    {
        bool isDebug = call.Session.Connection.IsDebug;
        List<GoField> fields =
        [
            new GoField("Debug", 0, _ => isDebug),
            .. VersionCommand.Client(call.Session),
            new GoField("Plugins", 0, _ => new GoList([])),
            new GoField("Warnings", 0, _ => null),
        ];
        var client = new GoStruct("system.clientInfo", fields) { IgnoresCase = true };
        return new GoField("ClientInfo", 0, _ => client);
    }
}
