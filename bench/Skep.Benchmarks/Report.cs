using System.Globalization;
using System.Text;

namespace Skep.Benchmarks;

/// <summary>One line of the result: medians in milliseconds or MB; ctr has no daemon of its own.</summary>
internal sealed record Row(string Name, double? Target, double Skep, double Dockerd, double? Ctr)
{
    /// <summary>More is better: the target is a least.</summary>
    public bool IsRate { get; init; }

    public double Ratio => Skep / Dockerd;

    public bool IsMet => IsRate ? Ratio >= Target : Ratio <= Target;
}

/// <summary>The page docs/performance.md.</summary>
internal static class Report
{
    public static string Write(IReadOnlyList<Row> rows, string machine, int rounds, int manyRounds)
    {
        var page = new StringBuilder();
        page.Append(
            $"""
            # Performance

            Written by `bench/run`: all engines on test hosts of the same machine, in one run, taking turns; medians
            of {rounds} rounds ({manyRounds} for the parallel ones). The ratios are what counts: a faster machine
            helps all.

            Machine: {machine}.

            | Measure | Skep | dockerd | ctr | Skep to dockerd | target |
            |---|---|---|---|---|---|

            """);
        foreach (Row row in rows)
        {
            string verdict = row.Target is { } target ? $"{Number(target)} {(row.IsMet ? "met" : "missed")}" : "";
            string floor = row.Ctr is { } ctr ? Number(ctr) : "";
            page.AppendLine(
                $"| {row.Name} | {Number(row.Skep)} | {Number(row.Dockerd)} | {floor} "
                + $"| {Number(row.Ratio)} | {verdict} |");
        }

        page.Append(
            """

            What is measured: a container of busybox on the default bridge network, over the engine's socket by HTTP,
            from the sending of `create` to the answer of `start`, when its process runs. ctr is containerd's own
            client, run as a program for every container; it makes no network, no log and no record, and is the
            floor: what remains is the work of containerd, its shim and runc, which every engine here waits for.
            Memory is the proportional share (PSS) of the daemon's process, without containerd, when it has run and
            removed one container.

            """);
        return page.ToString();
    }

    /// <summary>The table of a swarm's numbers, without the page around it.</summary>
    public static string WriteTable(IReadOnlyList<Row> rows)
    {
        var table = new StringBuilder();
        table.AppendLine("| Measure | Skep | dockerd | Skep to dockerd | target |").AppendLine("|---|---|---|---|---|");
        foreach (Row row in rows)
        {
            string verdict = row.Target is { } target
                ? $"{(row.IsRate ? "at least" : "at most")} {Number(target)}: {(row.IsMet ? "met" : "missed")}"
                : "";
            table.AppendLine(
                $"| {row.Name} | {Number(row.Skep)} | {Number(row.Dockerd)} | {Number(row.Ratio)} | {verdict} |");
        }

        return table.ToString();
    }

    private static string Number(double value) =>
        value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
