using System.Globalization;
using System.Text.Json;
using Skep.Cli.Client;
using Skep.Cli.Tables;

namespace Skep.Cli.Containers;

/// <summary>What one container uses, as the table shows it.</summary>
internal sealed record StatsRow(string Container, string Id, string Name, JsonElement Sample)
{
    private const string Unknown = "--";

    private bool IsKnown => Sample.ValueKind == JsonValueKind.Object;

    private double CpuPercent
    {
        get
        {
            JsonElement now = Sample.Member("cpu_stats");
            JsonElement before = Sample.Member("precpu_stats");
            double used = now.Member("cpu_usage").Number("total_usage")
                - before.Member("cpu_usage").Number("total_usage");
            double passed = now.Number("system_cpu_usage") - before.Number("system_cpu_usage");
            double cpus = now.Number("online_cpus") is > 0 and var online
                ? online : now.Member("cpu_usage").Items("percpu_usage").Count();
            return used > 0 && passed > 0 ? used / passed * cpus * 100 : 0;
        }
    }

    private JsonElement Memory => Sample.Member("memory_stats");

    // Without pages that the kernel would give back at once.
    private double MemoryUsed
    {
        get
        {
            long usage = Memory.Number("usage");
            JsonElement details = Memory.Member("stats");
            long inactive = details.Member("total_inactive_file").ValueKind == JsonValueKind.Number
                ? details.Number("total_inactive_file") : details.Number("inactive_file");
            return inactive < usage ? usage - inactive : usage;
        }
    }

    private double MemoryPercent => Memory.Number("limit") is > 0 and var limit ? MemoryUsed / limit * 100 : 0;

    public static RowShape<StatsRow> Shape(bool truncates) => new("*container.statsContext",
    [
        new("BlockIO", "BLOCK I/O", row => row.Known(() => $"{row.Block('r')} / {row.Block('w')}")),
        new("CPUPerc", "CPU %", row => row.Known(() => Percent(row.CpuPercent))),
        new("Container", "CONTAINER", row => row.Container),
        new("ID", "CONTAINER ID", row => truncates ? Human.ShortId(row.Id) : row.Id),
        new("MemPerc", "MEM %", row => row.Known(() => Percent(row.MemoryPercent))),
        new("MemUsage", "MEM USAGE / LIMIT", row => row.IsKnown
            ? $"{Human.BinarySize(row.MemoryUsed)} / {Human.BinarySize(row.Memory.Number("limit"))}" : "-- / --"),
        new("Name", "NAME", row => row.Name.Length > 1 ? row.Name[1..] : Unknown),
        new("NetIO", "NET I/O", row => row.Known(() => $"{row.Network("rx_bytes")} / {row.Network("tx_bytes")}")),
        new("PIDs", "PIDS", row => row.Known(() => row.Sample.Member("pids_stats").Number("current")
            .ToString(CultureInfo.InvariantCulture))),
    ]);

    private static string Percent(double value) => value.ToString("F2", CultureInfo.InvariantCulture) + "%";

    private string Known(Func<string> text) => IsKnown ? text() : Unknown;

    private string Network(string counter) => Human.Size(
        Sample.Member("networks").Members().Sum(network => network.Value.Number(counter)));

    private string Block(char operation) => Human.Size(
        Sample.Member("blkio_stats").Items("io_service_bytes_recursive")
            .Where(entry => entry.Text("op").StartsWith(operation.ToString(), StringComparison.OrdinalIgnoreCase))
            .Sum(entry => entry.Number("value")));
}
