using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Images;
using Skep.Cli.Tables;

namespace Skep.Cli.Containers;

/// <summary>A row of docker ps.</summary>
internal sealed record ContainerRow(JsonElement Summary, bool Truncates, TimeProvider Time);

/// <summary>The fields of docker ps.</summary>
internal static class ContainerRows
{
    /// <param name="onSize">Called when a template reads the size, which the daemon must measure.</param>
    /// <param name="showsAll">The size names that of the image, too.</param>
    public static RowShape<ContainerRow> Shape(Action? onSize = null, bool showsAll = true) => new(
        "*formatter.ContainerContext",
    [
        new("Command", "COMMAND", row => Docker.Templates.GoLiterals.Quote(Cut(row, row.Summary.Text("Command"), 20))),
        new("CreatedAt", "CREATED AT", row => Human.Moment(row.Summary.Number("Created"), row.Time)),
        new("ID", "CONTAINER ID", row => row.Truncates
            ? Human.ShortId(row.Summary.Text("Id")) : row.Summary.Text("Id")),
        new("Image", "IMAGE", Image),
        RowShape<ContainerRow>.Label(row => row.Summary.Map("Labels")),
        new("Labels", "LABELS", row => Human.Labels(row.Summary.Map("Labels"))),
        new("LocalVolumes", "LOCAL VOLUMES", row => row.Summary.Items("Mounts")
            .Count(mount => mount.Text("Driver") == "local").ToString(CultureInfo.InvariantCulture)),
        new("Mounts", "MOUNTS", row => string.Join(',', row.Summary.Items("Mounts").Select(mount =>
            Cut(row, mount.Text("Name") is { Length: > 0 } name ? name : mount.Text("Source"), 15)))),
        new("Names", "NAMES", Names),
        new("Networks", "NETWORKS", row => string.Join(
            ',', row.Summary.Member("NetworkSettings").Member("Networks").Members().Select(net => net.Name))),
        new("Platform", "PLATFORM", _ => null),
        new("Ports", "PORTS", row => PortText.Of(row.Summary.Items("Ports"))),
        new("RunningFor", "CREATED", row => Human.Ago(row.Summary.Number("Created"), row.Time)),
        new("Size", "SIZE", row =>
        {
            onSize?.Invoke();
            return Size(row.Summary, showsAll);
        }),
        new("State", "STATE", row => row.Summary.Text("State")),
        new("Status", "STATUS", row => row.Summary.Text("Status")),
    ]);

    private static string Names(ContainerRow row)
    {
        List<string> names = [.. row.Summary.Texts("Names").Select(name => name[1..])];
        return row.Truncates && names.Find(name => !name.Contains('/')) is { } own ? own : string.Join(',', names);
    }

    private static string Image(ContainerRow row)
    {
        string image = row.Summary.Text("Image");
        if (image.Length == 0)
        {
            return "<no image>";
        }

        string shortId = Human.ShortId(row.Summary.Text("ImageID"));
        return !row.Truncates ? image
            : shortId == Human.ShortId(image) ? shortId
            : ImageName.WithoutDigest(image);
    }

    private static string Size(JsonElement summary, bool showsAll)
    {
        string own = Human.Size(summary.Number("SizeRw"));
        long all = summary.Number("SizeRootFs");
        return all > 0 && showsAll ? $"{own} (virtual {Human.Size(all)})" : own;
    }

    private static string Cut(ContainerRow row, string text, int width) =>
        row.Truncates ? Human.Ellipsis(text, width) : text;
}
