using System.Text;
using System.Text.Json;
using Skep.Cli.Client;

namespace Skep.Cli;

/// <summary>The prune requests, for each kind alone and for system prune.</summary>
internal static class Pruning
{
    /// <param name="Text">What went, for the user; "": nothing.</param>
    public readonly record struct Report(string Text, long Bytes);

    /// <summary>Asks the user, unless --force was given.</summary>
    public static void Confirm(Invocation call, bool isForced, string warning)
    {
        if (!isForced && !call.Console.Confirms($"{warning}\nAre you sure you want to continue?"))
        {
            // As docker: the refusal of the question is an error without words.
            throw new CommandFailedException("", 1);
        }
    }

    public static void Show(Invocation call, Report report)
    {
        if (report.Text is { Length: > 0 })
        {
            call.Console.WriteLine(report.Text);
        }
    }

    public static async Task<Report> ContainersAsync(
        Invocation call, IEnumerable<string> filters, CancellationToken stop)
    {
        JsonElement answer = await PostAsync(call, "containers", filters, stop);
        return List("Deleted Containers:", answer.Texts("ContainersDeleted"), answer);
    }

    public static async Task<Report> NetworksAsync(
        Invocation call, IEnumerable<string> filters, CancellationToken stop)
    {
        JsonElement answer = await PostAsync(call, "networks", filters, stop);
        return List("Deleted Networks:", answer.Texts("NetworksDeleted"), answer);
    }

    /// <param name="all">Named volumes too; before API 1.42 there was no difference.</param>
    public static async Task<Report> VolumesAsync(
        Invocation call, bool all, IEnumerable<string> filters, CancellationToken stop)
    {
        bool knowsAll = await call.Engine.SpeaksAsync("1.42", stop);
        JsonElement answer = await PostAsync(
            call, "volumes", all && knowsAll ? [.. filters, "all=true"] : filters, stop);
        return List("Deleted Volumes:", answer.Texts("VolumesDeleted"), answer);
    }

    public static async Task<Report> ImagesAsync(
        Invocation call, bool all, IEnumerable<string> filters, CancellationToken stop)
    {
        JsonElement answer = await PostAsync(
            call, "images", [.. filters, $"dangling={(all ? "false" : "true")}"], stop);
        return List("Deleted Images:", [.. answer.Items("ImagesDeleted").Select(item =>
            item.Text("Untagged") is { Length: > 0 } name
                ? $"untagged: {name}" : $"deleted: {item.Text("Deleted")}")], answer);
    }

    private static Task<JsonElement> PostAsync(
        Invocation call, string kind, IEnumerable<string> filters, CancellationToken stop) =>
        call.Engine.PostAsync($"/{kind}/prune{new Query().AddFilters(
            WithUsual(call.Session.Settings.Value.PruneFilters, filters))}", stop);

    /// <summary>Adds the filters of the user's settings; a label of the command line wins over its opposite.</summary>
    public static IEnumerable<string> WithUsual(IEnumerable<string> usual, IEnumerable<string> filters)
    {
        string[] given = [.. filters];
        return [.. given, .. usual.Where(filter => filter.Contains('=') && !given.Contains(Opposite(filter)))];
    }

    private static string Opposite(string filter) =>
        filter.StartsWith("label!=", StringComparison.Ordinal) ? $"label={filter["label!=".Length..]}"
        : filter.StartsWith("label=", StringComparison.Ordinal) ? $"label!={filter["label=".Length..]}"
        : "";

    private static Report List(string title, IReadOnlyList<string> names, JsonElement answer)
    {
        if (names.Count == 0)
        {
            return new Report("", 0);
        }

        var text = new StringBuilder(title).Append('\n');
        foreach (string name in names)
        {
            text.Append(name).Append('\n');
        }

        return new Report(text.ToString(), answer.Number("SpaceReclaimed"));
    }
}
