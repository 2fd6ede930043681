using Skep.Docker.Engine;
using Skep.Docker.Filters;

namespace Skep.Agent.Containers;

/// <summary>Which containers, and how much of them.</summary>
/// <param name="All">Also those that do not run.</param>
/// <param name="Limit">The newest ones only; 0: no limit.</param>
/// <param name="Size">With the bytes of their file systems.</param>
public sealed record ListOptions(bool All, int Limit, bool Size, Filters Filters);

public sealed partial class ContainerEngine
{
    private static readonly string[] ListFilters =
    [
        "ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "name", "network",
        "publish", "since", "status", "volume",
    ];

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ContainerSummary>> ListAsync(ListOptions wanted, CancellationToken stop)
    {
        wanted.Filters.RequireKnown(ListFilters);
        ContainerFilter filter = await ReadFilterAsync(wanted.Filters, stop);
        bool isAll = wanted.All || wanted.Limit > 0 || filter.IncludesStopped;
        IEnumerable<Container> chosen = containers.Values
            .Where(container => isAll || IsUp(container))
            .Where(container => filter.Includes(container.Record, container.LastHealth, NetworkOf(container.Record)))
            .OrderByDescending(container => container.Record.Created);
        if (wanted.Limit > 0)
        {
            chosen = chosen.Take(wanted.Limit);
        }

        var rows = new List<ContainerSummary>();
        foreach (Container container in chosen)
        {
            ContainerSummary row = Summarize(container);
            if (wanted.Size)
            {
                long own = await SizeOfAsync(container.Record, stop);
                row = row with { SizeRw = own, SizeRootFs = own + parts.Images.SizeOf(container.Record.ImageId) };
            }

            rows.Add(row);
        }

        return rows;
    }

    /// <summary>How many containers run, are paused, and are stopped.</summary>
    public (int Running, int Paused, int Stopped) Count()
    {
        int running = 0, paused = 0, stopped = 0;
        foreach (Container container in containers.Values)
        {
            switch (container.Record.State.Phase)
            {
                case ContainerPhase.Paused:
                    paused++;
                    break;
                case ContainerPhase.Running or ContainerPhase.Restarting:
                    running++;
                    break;
                default:
                    stopped++;
                    break;
            }
        }

        return (running, paused, stopped);
    }

    /// <summary>The containers made from an image, for those who want to remove it.</summary>
    public IEnumerable<(string Id, string Name, bool IsRunning)> UsersOfImage(string imageId) =>
        containers.Values
            .Select(container => container.Record)
            .Where(record => record.ImageId == imageId)
            .Select(record => (record.Id, record.Name, record.IsAlive));

    private ContainerSummary Summarize(Container container)
    {
        ContainerRecord record = container.Record;
        NetworkSettings network = NetworkOf(record);
        (string path, IReadOnlyList<string> arguments) = CommandOf(record.Config);
        return new ContainerSummary
        {
            Id = record.Id,
            Names = ["/" + record.Name],
            Image = ShownImage(record),
            ImageId = record.ImageId,
            Command = string.Join(' ', [path, .. arguments.Select(QuoteIfSpaced)]),
            Created = record.Created.ToUnixTimeSeconds(),
            Ports = PortRows.From(network.Ports),
            Labels = record.Config.Labels ?? new Dictionary<string, string>(),
            State = StatusText.State(record.State.Phase),
            Status = StatusText.Describe(record.State, container.LastHealth?.Status, Now),
            HostConfig = new SummaryHostConfig
            {
                NetworkMode = record.HostConfig.NetworkMode,
                Annotations = record.HostConfig.Annotations,
            },
            NetworkSettings = new SummaryNetworkSettings
            {
                Networks = network.Networks ?? new Dictionary<string, EndpointSettings>(),
            },
            Mounts = MountPointsOf(record),
        };
    }

    // A name that has gone over to another image no longer says what this container runs.
    private string ShownImage(ContainerRecord record) =>
        parts.Images.TryFindId(record.Config.Image) == record.ImageId ? record.Config.Image : record.ImageId;

    private static string QuoteIfSpaced(string argument) =>
        argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument;

    private async Task<ContainerFilter> ReadFilterAsync(Filters filters, CancellationToken stop)
    {
        var ancestors = new HashSet<string>();
        foreach (string name in filters.Values("ancestor"))
        {
            // An unknown image has no containers: that is an answer, not an error.
            if (parts.Images.TryFindId(name) is { } id)
            {
                ancestors.Add(id);
            }
        }

        await Task.CompletedTask.WaitAsync(stop);
        DateTimeOffset? Point(string key) => filters.Values(key) is [var name, ..] ? Find(name).Record.Created : null;
        return new ContainerFilter(filters, ancestors, Point("before"), Point("since"));
    }
}
