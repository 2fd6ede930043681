using System.CommandLine;
using Skep.Cli.Client;
using Skep.Cli.Grammar;

namespace Skep.Cli.Images;

/// <summary>docker push.</summary>
internal static class PushCommand
{
    public static DockerCommand Make()
    {
        var command = new DockerCommand("push", "[OPTIONS] NAME[:TAG]", "Upload an image to a registry")
        {
            Count = WordCount.Exactly(1),
            Section = HelpSection.Common,
            CommonRank = 6,
            SpelledAliases = ["image push", "push"],
        };
        Option<bool> all = command.Flag(Flags.Switch(
            "all-tags", 'a', "Push all tags of an image to the repository"));
        command.Flag(Flags.Switch("disable-content-trust", null, "Skip image signing", initial: true));
        Option<string> platform = command.Flag(Flags.Text("platform", null,
            "Push a platform-specific manifest as a single-platform image to the registry.\n"
            + "Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.\n"
            + "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)", PlatformText.Usual));
        Option<bool> quiet = command.Flag(Flags.Switch("quiet", 'q', "Suppress verbose output"));
        return command.Does((call, stop) =>
            PushAsync(call, call.Get(all), call.Get(platform), call.Get(quiet), stop));
    }

    private static async Task<int> PushAsync(
        Invocation call, bool all, string platform, bool isQuiet, CancellationToken stop)
    {
        string name = call.Words[0];
        ImageName.Check(name);
        bool isBare = ImageName.Tagged(name) != name;
        if (all && !isBare)
        {
            throw new CommandFailedException("tag can't be used with --all-tags/-a");
        }

        if (!all && isBare && !isQuiet)
        {
            call.Console.WriteLine("Using default tag: latest");
        }

        Query query = new Query()
            .Add("tag", all ? null : ImageName.Tag(ImageName.Tagged(name)))
            .Add("platform", platform.Length > 0 ? PlatformText.Json(platform) : null);
        string credentials = RegistryAuth.Encode(
            call.Session.Settings.Value.Credentials(RegistryAuth.RegistryOf(name)));
        string path = $"/images/{Inspections.Findings.EscapeSlashes(ImageName.Repository(name))}/push{query}";
        using HttpResponseMessage answer = await call.Engine.SendAsync(
            HttpMethod.Post, path, null, stop, new Dictionary<string, string> { ["X-Registry-Auth"] = credentials });
        await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
        bool isTerminal = !isQuiet && call.Console.OutputIsTerminal;
        var display = new ProgressDisplay(
            isQuiet ? Stream.Null : call.Console.Output, isTerminal, call.Console.Size.Columns);
        await display.ShowAsync(body, _ => { }, stop);
        if (isQuiet)
        {
            call.Console.WriteLine(ImageName.Normalized(all ? name : ImageName.Tagged(name)));
        }

        return 0;
    }
}
