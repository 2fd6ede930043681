using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Containers;
using Skep.Cli.Grammar;
using Skep.Cli.Images;
using Skep.Cli.Tables;
using Skep.Cli.Volumes;

namespace Skep.Cli.Machine;

/// <summary>docker system df.</summary>
internal static class DiskUsageCommand
{
    private const string Table =
        "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}";

    private const string ImageTable = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
        + "\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}";

    private const string ContainerTable = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}"
        + "\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}";

    private static readonly RowShape<Usage> Shape = new("*formatter.diskUsageContext",
    [
        new("Active", "ACTIVE", row => row.Active.ToString(CultureInfo.InvariantCulture)),
        new("Reclaimable", "RECLAIMABLE", row => row.Total > 0 && row.ShowsShare
            ? $"{Human.Size(row.Reclaimable, 4)} ({row.Reclaimable * 100 / row.Total}%)"
            : Human.Size(row.Reclaimable, 4)),
        new("Size", "SIZE", row => Human.Size(row.Total, 4)),
        new("TotalCount", "TOTAL", row => row.Count.ToString(CultureInfo.InvariantCulture)),
        new("Type", "TYPE", row => row.Kind),
    ]);

    public static DockerCommand Make()
    {
        var command = new DockerCommand("df", "[OPTIONS]", "Show docker disk usage");
        var format = command.Flag(SharedFlags.Format());
        var verbose = command.Flag(Flags.Switch("verbose", 'v', "Show detailed information on space usage"));
        return command.Does(async (call, stop) =>
        {
            JsonElement usage = await call.Engine.GetAsync("/system/df", stop);
            string source = call.Get(format);
            if (call.Get(verbose) && source is not ("" or "table"))
            {
                throw new CommandFailedException("--format is not supported together with --verbose");
            }

            call.Console.Write(call.Get(verbose)
                ? Details(usage, call.Session.Time)
                : RowWriter.Render(source is "" or "table" ? Table : source, Shape, Rows(usage)));
            return 0;
        });
    }

    private static IEnumerable<Usage> Rows(JsonElement usage)
    {
        List<JsonElement> images = [.. usage.Items("Images")];
        long layers = usage.Number("LayersSize");
        long used = images.Where(image => image.Number("Containers") != 0 && image.Number("SharedSize") >= 0)
            .Sum(image => image.Number("Size") - image.Number("SharedSize"));
        yield return new Usage("Images", images.Count,
            images.Count(image => image.Number("Containers") > 0), layers, layers - used, true);
        List<JsonElement> containers = [.. usage.Items("Containers")];
        yield return new Usage("Containers", containers.Count, containers.Count(IsActive),
            containers.Sum(container => container.Number("SizeRw")),
            containers.Where(container => !IsActive(container)).Sum(container => container.Number("SizeRw")), true);
        List<JsonElement> volumes = [.. usage.Items("Volumes")];
        yield return new Usage("Local Volumes", volumes.Count, volumes.Count(IsUsed),
            volumes.Sum(Bytes), volumes.Where(volume => !IsUsed(volume)).Sum(Bytes), true);
        List<JsonElement> cache = [.. usage.Items("BuildCache")];
        yield return new Usage("Build Cache", cache.Count, cache.Count(item => item.Flag("InUse")),
            cache.Sum(item => item.Number("Size")),
            cache.Where(item => !item.Flag("InUse") && !item.Flag("Shared")).Sum(item => item.Number("Size")), false);
    }

    private static bool IsActive(JsonElement container) =>
        container.Text("State") is "running" or "paused" or "restarting";

    private static bool IsUsed(JsonElement volume) => volume.Member("UsageData").Number("RefCount") > 0;

    private static long Bytes(JsonElement volume) => Math.Max(0, volume.Member("UsageData").Number("Size"));

    private static string Details(JsonElement usage, TimeProvider time)
    {
        IEnumerable<ImageRow> images = usage.Items("Images").Select(image =>
            ImageRow.Of(image, true, needsDigest: false, showsDigests: false, time).First());
        IEnumerable<ContainerRow> containers = usage.Items("Containers")
            .Select(container => new ContainerRow(container, Truncates: true, time));
        return "Images space usage:\n\n" + RowWriter.Render(ImageTable, ImageRow.Shape, images)
            + "\nContainers space usage:\n\n"
            + RowWriter.Render(ContainerTable, ContainerRows.Shape(showsAll: false), containers)
            + "\nLocal Volumes space usage:\n\n"
            + RowWriter.Render("table {{.Name}}\t{{.Links}}\t{{.Size}}", VolumeCommands.Shape, usage.Items("Volumes"))
            + "\nBuild cache usage: 0B\n\n"
            + TabWriter.Align("CACHE ID\tCACHE TYPE\tSIZE\tCREATED\tLAST USED\tUSAGE\tSHARED\n");
    }

    private sealed record Usage(
        string Kind, int Count, int Active, long Total, long Reclaimable, bool ShowsShare);
}
