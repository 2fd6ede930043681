using System.Net;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Grammar;
using Skep.Cli.Inspections;
using Skep.Cli.Tables;

namespace Skep.Cli.Images;

/// <summary>Names of images: tag, rmi, prune.</summary>
internal static class ReferenceCommands
{
    public static DockerCommand Tag()
    {
        var command = new DockerCommand("tag", "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
            "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE")
        {
            Count = WordCount.Exactly(2),
            FirstWordEndsOptions = true,
            SpelledAliases = ["image tag", "tag"],
        };
        return command.Does(async (call, stop) =>
        {
            string target = call.Words[1];
            if (ImageName.Digest(target) is not null)
            {
                throw new CommandFailedException("refusing to create a tag with a digest reference");
            }

            if (ImageName.Complaint(target) is { } complaint)
            {
                throw new CommandFailedException(
                    $"Error parsing reference: \"{target}\" is not a valid repository/tag: {complaint}");
            }

            Query query = new Query().Add("repo", ImageName.Repository(target))
                .Add("tag", ImageName.Tag(target) ?? "latest");
            await call.Engine.PostAsync($"/images/{Findings.EscapeSlashes(call.Words[0])}/tag{query}", stop);
            return 0;
        });
    }

    /// <param name="name">"rmi", or "rm" below image.</param>
    public static DockerCommand Remove(string name)
    {
        var command = new DockerCommand(name, "[OPTIONS] IMAGE [IMAGE...]", "Remove one or more images")
        {
            Count = WordCount.AtLeast(1),
            SpelledAliases = ["image rm", "image remove", "rmi"],
        };
        var force = command.Flag(Flags.Switch("force", 'f', "Force removal of the image"));
        var noPrune = command.Flag(Flags.Switch("no-prune", null, "Do not delete untagged parents"));
        return command.Does((call, stop) => RemoveAsync(
            call, call.Get(force),
            new Query().AddFlag("force", call.Get(force)).AddFlag("noprune", call.Get(noPrune)), stop));
    }

    private static async Task<int> RemoveAsync(Invocation call, bool force, Query query, CancellationToken stop)
    {
        var refusals = new List<CommandFailedException>();
        foreach (string image in call.Words)
        {
            try
            {
                JsonElement gone = await call.Engine.DeleteAsync(
                    $"/images/{Findings.EscapeSlashes(image)}{query}", stop);
                foreach (JsonElement item in gone.Items())
                {
                    call.Console.WriteLine(item.Text("Deleted") is { Length: > 0 } deleted
                        ? $"Deleted: {deleted}" : $"Untagged: {item.Text("Untagged")}");
                }
            }
            catch (CommandFailedException refused)
            {
                refusals.Add(refused);
            }
        }

        if (refusals.Count == 0)
        {
            return 0;
        }

        string all = string.Join('\n', refusals.Select(refusal => refusal.Message));
        if (!force || refusals.Any(refusal => refusal.Status != HttpStatusCode.NotFound))
        {
            throw new CommandFailedException(all);
        }

        call.Console.WriteErrorLine(all);
        return 0;
    }

    public static DockerCommand Prune()
    {
        var command = new DockerCommand("prune", "[OPTIONS]", "Remove unused images");
        var all = command.Flag(Flags.Switch("all", 'a', "Remove all unused images, not just dangling ones"));
        var filter = command.Flag(SharedFlags.PruneFilter("Provide filter values (e.g. \"until=<timestamp>\")"));
        var force = command.Flag(SharedFlags.Force());
        return command.Does(async (call, stop) =>
        {
            string question = call.Get(all)
                ? "WARNING! This will remove all images without at least one container associated to them."
                : "WARNING! This will remove all dangling images.";
            Pruning.Confirm(call, call.Get(force), question);
            Pruning.Report report = await Pruning.ImagesAsync(call, call.Get(all), call.Get(filter), stop);
            Pruning.Show(call, report);
            call.Console.WriteLine($"Total reclaimed space: {Human.Size(report.Bytes, 4)}");
            return 0;
        });
    }
}
