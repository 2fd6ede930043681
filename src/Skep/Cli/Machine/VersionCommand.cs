using System.Globalization;
using System.Text;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Tables;
using Skep.Docker.Templates;

namespace Skep.Cli.Machine;

/// <summary>docker version: ours, and the daemon's with its components.</summary>
internal static class VersionCommand
{
    private const int BadTemplateCode = 64;

    public static DockerCommand Make()
    {
        var command = new DockerCommand("version", "[OPTIONS]", "Show the Docker version information")
        {
            Section = HelpSection.Common,
            CommonRank = 11,
        };
        var format = command.Flag(SharedFlags.InspectFormat());
        return command.Does((call, stop) => ShowAsync(call, call.Get(format), stop));
    }

    /// <summary>The client's part, as version and info show it.</summary>
    public static List<GoField> Client(CliSession session) =>
    [
        Field("Version", CliProgram.Version),
        Field("DefaultAPIVersion", EngineClient.NewestVersion),
        Field("GitCommit", ""),
        Field("GoVersion", $".NET {Environment.Version}"),
        Field("Os", "linux"),
        Field("Arch", Architecture),
        Field("BuildTime", ""),
        Field("Context", EndpointChoice.ContextOf(session)),
    ];

    private static string Architecture =>
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            var other => other.ToString().ToLowerInvariant(),
        };

    private static async Task<int> ShowAsync(Invocation call, string format, CancellationToken stop)
    {
        Template? template = Parse(format);
        CommandFailedException? refusal = null;
        JsonElement server = default;
        string spoken = EngineClient.NewestVersion;
        try
        {
            spoken = (await call.Engine.PingAsync(stop)).Version;
            server = await call.Engine.GetAsync("/version", stop);
        }
        catch (CommandFailedException refused)
        {
            // Our own version is shown even when nobody answers.
            refusal = refused;
        }

        if (template is null)
        {
            string text = ClientText(call, spoken) + (refusal is null ? ServerText(server) : "");
            call.Console.Write(TabWriter.Align(text + "\n", widthMin: 20, padding: 1));
        }
        else
        {
            call.Console.Write(Apply(template, call, spoken, server, refusal) + "\n");
        }

        return refusal is null ? 0 : throw refusal;
    }

    private static Template? Parse(string format)
    {
        try
        {
            return format.Length == 0 ? null : Template.Parse(format == "json" ? "{{json .}}" : format, "version");
        }
        catch (TemplateException malformed)
        {
            throw new CommandFailedException($"template parsing error: {malformed.Message}", BadTemplateCode);
        }
    }

    private static string Apply(
        Template template, Invocation call, string spoken, JsonElement server, CommandFailedException? refusal)
    {
        List<GoField> client = Client(call.Session);
        client.Insert(1, Field("ApiVersion", spoken));
        var view = new GoStruct("system.versionInfo",
        [
            Field("Client", new GoStruct("system.clientVersion", [.. client]) { IgnoresCase = true }),
            Field("Server", server.ValueKind == JsonValueKind.Object ? GoJson.Plain(server, "*types.Version") : null),
        ]);
        try
        {
            return template.Execute(view);
        }
        catch (TemplateException misfit)
        {
            call.Console.Write("\n");
            // What the template misses is what nobody answered.
            throw refusal ?? new CommandFailedException(misfit.Message);
        }
    }

    private static string ClientText(Invocation call, string spoken)
    {
        var text = new StringBuilder("Client:\n");
        string newest = EngineClient.NewestVersion;
        string note = spoken == newest ? "" : $" (downgraded from {newest})";
        text.Append($" Version:\t{CliProgram.Version}\n API version:\t{spoken}{note}\n");
        foreach (GoField field in Client(call.Session).Where(field => field.Name is "GoVersion"))
        {
            text.Append($" Go version:\t{field.Read([])}\n");
        }

        return text.Append($" OS/Arch:\tlinux/{Architecture}\n")
            .Append($" Context:\t{EndpointChoice.ContextOf(call.Session)}").ToString();
    }

    private static string ServerText(JsonElement server)
    {
        string platform = server.Member("Platform").Text("Name");
        var text = new StringBuilder("\n\nServer:").Append(platform.Length > 0 ? $" {platform}" : "");
        foreach (JsonElement component in server.Items("Components"))
        {
            JsonElement details = component.Member("Details");
            text.Append($"\n {component.Text("Name")}:\n  Version:\t{component.Text("Version")}");
            if (component.Text("Name") != "Engine")
            {
                foreach ((string name, string value) in component.Map("Details"))
                {
                    text.Append($"\n  {name}:\t{value}");
                }

                continue;
            }

            text.Append($"\n  API version:\t{details.Text("ApiVersion")} ")
                .Append($"(minimum version {details.Text("MinAPIVersion")})")
                .Append($"\n  Go version:\t{details.Text("GoVersion")}\n  Git commit:\t{details.Text("GitCommit")}")
                .Append($"\n  Built:\t{Built(details.Text("BuildTime"))}")
                .Append($"\n  OS/Arch:\t{details.Text("Os")}/{details.Text("Arch")}")
                .Append($"\n  Experimental:\t{details.Text("Experimental")}");
        }

        return text.ToString();
    }

    private static string Built(string time) => DateTimeOffset.TryParse(
        time, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset moment)
            ? $"{moment:ddd MMM} {moment.Day,2} {moment:HH:mm:ss yyyy}" : time;

    private static GoField Field(string name, object? value) => new(name, 0, _ => value);
}
