using Skep.Swarm.Objects;

namespace Skep.Swarm.Scheduling;

/// <summary>A port that is published on its node.</summary>
internal readonly record struct HostPort(PortProtocol Protocol, uint Number);

/// <summary>One node, with what its tasks use of it.</summary>
internal sealed class NodeRow(NodeId id)
{
    private readonly Dictionary<HostPort, int> hostPorts = [];

    public NodeId Id { get; } = id;

    /// <summary>Null when tasks are on a node that is no longer in the store.</summary>
    public Node? Node { get; set; }

    /// <summary>Tasks that shall run, of all services.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>Tasks that are here at all; a row without node and tasks is forgotten.</summary>
    public int TaskCount { get; private set; }

    public long UsedNanoCpus { get; private set; }

    public long UsedMemoryBytes { get; private set; }

    public GenericUse Generic { get; } = new();

    public long FreeNanoCpus => (Node?.Description?.Resources?.NanoCpus ?? 0) - UsedNanoCpus;

    public long FreeMemoryBytes => (Node?.Description?.Resources?.MemoryBytes ?? 0) - UsedMemoryBytes;

    public bool IsTaken(HostPort port) => hostPorts.ContainsKey(port);

    public void Add(SwarmTask task)
    {
        TaskCount++;
        ActiveCount += IsActive(task) ? 1 : 0;
        Use(task, 1);
        Generic.Claim(task.AssignedGenericResources);
        foreach (HostPort port in HostPortsOf(task))
        {
            hostPorts[port] = hostPorts.GetValueOrDefault(port) + 1;
        }
    }

    public void Remove(SwarmTask task)
    {
        TaskCount--;
        ActiveCount -= IsActive(task) ? 1 : 0;
        Use(task, -1);
        Generic.Release(task.AssignedGenericResources);
        foreach (HostPort port in HostPortsOf(task))
        {
            int left = hostPorts[port] - 1;
            if (left == 0)
            {
                hostPorts.Remove(port);
            }
            else
            {
                hostPorts[port] = left;
            }
        }
    }

    /// <summary>A task that is to stop still uses what it has, but no longer counts as one of its service.</summary>
    public static bool IsActive(SwarmTask task) => task.DesiredState <= TaskState.Complete;

    public static IEnumerable<HostPort> HostPortsOf(SwarmTask task) =>
        task.Endpoint is not { Ports.IsEmpty: false } endpoint
            ? []
            : endpoint.Ports
                .Where(port => port.PublishMode == PublishMode.Host && port.PublishedPort != 0)
                .Select(port => new HostPort(port.Protocol, port.PublishedPort));

    private void Use(SwarmTask task, int sign)
    {
        if (task.Spec.Resources?.Reservations is { } reserved)
        {
            UsedNanoCpus += sign * reserved.NanoCpus;
            UsedMemoryBytes += sign * reserved.MemoryBytes;
        }
    }
}
