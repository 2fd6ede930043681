using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;

namespace Skep.Cli.Images;

/// <summary>Images on their way in and out: pull, load, save, import.</summary>
internal static class TransferCommands
{
    private const string Platform = "Set platform if server is multi-platform capable";

    public static DockerCommand Pull()
    {
        var command = new DockerCommand("pull", "[OPTIONS] NAME[:TAG|@DIGEST]", "Download an image from a registry")
        {
            Count = WordCount.Exactly(1),
            Section = HelpSection.Common,
            CommonRank = 5,
            SpelledAliases = ["image pull", "pull"],
        };
        var all = command.Flag(Flags.Switch("all-tags", 'a', "Download all tagged images in the repository"));
        command.Flag(Flags.Switch("disable-content-trust", null, "Skip image verification", initial: true));
        var platform = command.Flag(Flags.Text("platform", null, Platform, PlatformText.Usual));
        var quiet = command.Flag(Flags.Switch("quiet", 'q', "Suppress verbose output"));
        return command.Does(async (call, stop) =>
        {
            string name = call.Words[0];
            ImageName.Check(name);
            if (call.Get(all) && ImageName.Tagged(name) == name)
            {
                throw new CommandFailedException("tag can't be used with --all-tags/-a");
            }

            bool isQuiet = call.Get(quiet);
            if (!call.Get(all) && ImageName.Tagged(name) != name && !isQuiet)
            {
                call.Console.WriteLine("Using default tag: latest");
            }

            string full = ImageName.Normalized(call.Get(all) ? name : ImageName.Tagged(name));
            await ImagePull.RunAsync(
                call, full, call.Get(platform), isQuiet ? Stream.Null : call.Console.Output,
                !isQuiet && call.Console.OutputIsTerminal, call.Get(all), stop);
            call.Console.WriteLine(full);
            return 0;
        });
    }

    public static DockerCommand Load()
    {
        var command = new DockerCommand("load", "[OPTIONS]", "Load an image from a tar archive or STDIN")
        {
            SpelledAliases = ["image load", "load"],
        };
        var input = command.Flag(Flags.Text("input", 'i', "Read from tar archive file, instead of STDIN"));
        var quiet = command.Flag(Flags.Switch("quiet", 'q', "Suppress the load output"));
        return command.Does(async (call, stop) =>
        {
            string path = call.Get(input);
            if (path.Length == 0 && call.Console.InputIsTerminal)
            {
                throw new CommandFailedException("requested load from stdin, but stdin is empty");
            }

            await using Stream archive = path.Length == 0 ? call.Console.Input : LocalFiles.OpenRead(path);
            Query query = new Query().Add("quiet", call.Get(quiet) || !call.Console.OutputIsTerminal ? "1" : "0");
            using HttpResponseMessage answer = await call.Engine.SendAsync(
                HttpMethod.Post, $"/images/load{query}", Tar(archive), stop);
            await ShowAsync(call, answer, stop);
            return 0;
        });
    }

    public static DockerCommand Import()
    {
        var command = new DockerCommand("import", "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
            "Import the contents from a tarball to create a filesystem image")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["image import", "import"],
        };
        var change = command.Flag(Flags.List(
            "change", 'c', "Apply Dockerfile instruction to the created image"));
        var message = command.Flag(Flags.Text("message", 'm', "Set commit message for imported image"));
        var platform = command.Flag(Flags.Text("platform", null, Platform, PlatformText.Usual));
        return command.Does(async (call, stop) =>
        {
            string source = call.Words[0];
            bool isRemote = source.StartsWith("http://", StringComparison.Ordinal)
                || source.StartsWith("https://", StringComparison.Ordinal);
            Query query = new Query()
                .Add("fromSrc", isRemote ? source : "-")
                .Add("repo", call.Words.Count > 1 ? call.Words[1] : null)
                .Add("message", call.Get(message) is { Length: > 0 } text ? text : null)
                .Add("platform", call.Get(platform) is { Length: > 0 } chosen ? chosen.ToLowerInvariant() : null);
            foreach (string instruction in call.Get(change))
            {
                query.Add("changes", instruction);
            }

            await using Stream? archive = isRemote ? null
                : source == "-" ? call.Console.Input : LocalFiles.OpenRead(source);
            using HttpResponseMessage answer = await call.Engine.SendAsync(
                HttpMethod.Post, $"/images/create{query}", archive is null ? null : Tar(archive), stop);
            await ShowAsync(call, answer, stop);
            return 0;
        });
    }

    public static DockerCommand Save()
    {
        var command = new DockerCommand("save", "[OPTIONS] IMAGE [IMAGE...]",
            "Save one or more images to a tar archive (streamed to STDOUT by default)")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["image save", "save"],
        };
        var output = command.Flag(Flags.Text("output", 'o', "Write to a file, instead of STDOUT"));
        return command.Does(async (call, stop) =>
        {
            string path = call.Get(output);
            LocalFiles.CheckArchive(call.Console, path, "failed to save image");

            var query = new Query();
            foreach (string name in call.Words)
            {
                query.Add("names", name);
            }

            using HttpResponseMessage answer = await call.Engine.SendAsync(
                HttpMethod.Get, $"/images/get{query}", null, stop);
            await using Stream archive = await answer.Content.ReadAsStreamAsync(stop);
            await LocalFiles.SaveArchiveAsync(call.Console, path, archive, stop);
            return 0;
        });
    }

    private static StreamContent Tar(Stream archive)
    {
        var content = new StreamContent(archive);
        content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-tar");
        return content;
    }

    private static async Task ShowAsync(Invocation call, HttpResponseMessage answer, CancellationToken stop)
    {
        await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
        var display = new ProgressDisplay(
            call.Console.Output, call.Console.OutputIsTerminal, call.Console.Size.Columns);
        await display.ShowAsync(body, (JsonElement _) => { }, stop);
    }
}
