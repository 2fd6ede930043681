using System.CommandLine;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Images;

namespace Skep.Cli.Containers;

/// <summary>What a container changed in its files: diff, export and commit.</summary>
/// <remarks>Other engines answer them; Skep's own says that it does not.</remarks>
internal static class ChangeCommands
{
    // By the API's number of the kind.
    private static readonly string[] kinds = ["C", "A", "D"];

    public static DockerCommand Diff()
    {
        var command = new DockerCommand("diff", "CONTAINER",
            "Inspect changes to files or directories on a container's filesystem")
        {
            Count = WordCount.Exactly(1),
            SpelledAliases = ["container diff", "diff"],
        };
        return command.Does(async (call, stop) =>
        {
            string name = call.Words[0];
            if (name.Length == 0)
            {
                throw new CommandFailedException("Container name cannot be empty");
            }

            JsonElement changes = await call.Engine.GetAsync($"/containers/{Query.Escape(name)}/changes", stop);
            foreach (JsonElement change in changes.Items())
            {
                long kind = change.Number("Kind");
                call.Console.WriteLine(
                    $"{(kind >= 0 && kind < kinds.Length ? kinds[kind] : "")} {change.Text("Path")}");
            }

            return 0;
        });
    }

    public static DockerCommand Export()
    {
        var command = new DockerCommand("export", "[OPTIONS] CONTAINER",
            "Export a container's filesystem as a tar archive")
        {
            Count = WordCount.Exactly(1),
            SpelledAliases = ["container export", "export"],
        };
        Option<string> output = command.Flag(Flags.Text("output", 'o', "Write to a file, instead of STDOUT"));
        return command.Does(async (call, stop) =>
        {
            string path = call.Get(output);
            LocalFiles.CheckArchive(call.Console, path, "failed to export container");

            using HttpResponseMessage answer = await call.Engine.SendAsync(
                HttpMethod.Get, $"/containers/{Query.Escape(call.Words[0])}/export", null, stop);
            await using Stream archive = await answer.Content.ReadAsStreamAsync(stop);
            await LocalFiles.SaveArchiveAsync(call.Console, path, archive, stop);
            return 0;
        });
    }

    public static DockerCommand Commit()
    {
        var command = new DockerCommand("commit", "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
            "Create a new image from a container's changes")
        {
            Count = new WordCount(1, 2),
            FirstWordEndsOptions = true,
            SpelledAliases = ["container commit", "commit"],
        };
        Option<string> author = command.Flag(Flags.Text(
            "author", 'a', "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")"));
        Option<string[]> change = command.Flag(Flags.List(
            "change", 'c', "Apply Dockerfile instruction to the created image"));
        Option<string> message = command.Flag(Flags.Text("message", 'm', "Commit message"));
        Option<bool> pause = command.Flag(Flags.Switch("pause", 'p', "Pause container during commit", initial: true));
        return command.Does(async (call, stop) =>
        {
            string image = call.Words.Count > 1 ? call.Words[1] : "";
            Query query = new Query().Add("container", call.Words[0])
                .Add("repo", image.Length > 0 ? ImageName.Repository(image) : null)
                .Add("tag", image.Length > 0 ? ImageName.Tag(image) ?? "latest" : null)
                .Add("comment", call.Get(message)).Add("author", call.Get(author));
            foreach (string instruction in call.Get(change))
            {
                query.Add("changes", instruction);
            }

            JsonElement made = await call.Engine.PostAsync(
                $"/commit{query.Add("pause", call.Get(pause) ? null : "0")}", stop);
            call.Console.WriteLine(made.Text("Id"));
            return 0;
        });
    }
}
