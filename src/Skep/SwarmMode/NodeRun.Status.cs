using Skep.Swarm.Objects;

namespace Skep.SwarmMode;

// What the node says of itself without asking anybody.
internal sealed partial class NodeRun
{
    public SwarmStatus Status
    {
        get
        {
            NodeSettings now = settings;
            string trouble = Trouble();
            return new SwarmStatus
            {
                State = isLocked ? LocalNodeState.Locked
                    : trouble.Length > 0 ? LocalNodeState.Error
                    : ready.Task.IsCompletedSuccessfully ? LocalNodeState.Active
                    : LocalNodeState.Pending,
                NodeId = credentials?.Node.Value ?? "",
                Address = AddressWithoutPort(now.AdvertiseAddress.Length > 0 ? now.AdvertiseAddress : now.LocalAddress),
                Error = isLocked ? SwarmWords.Locked : trouble,
                IsManager = credentials?.Role == NodeRole.Manager,
                ControlAvailable = manager?.Ready.IsCompletedSuccessfully == true,
                RemoteManagers = [.. now.Managers.Select(one => new RemoteManager(one.NodeId, one.Address))],
            };
        }
    }

    // A node that was off for too long renews its certificate by itself; until then its user shall know why it waits.
    private string Trouble() =>
        problem.Length == 0 && credentials?.Certificate.NotAfter is { } end && end < parts.Time.GetUtcNow()
            ? SwarmWords.Expired(end)
            : problem;

    private static string AddressWithoutPort(string address)
    {
        int colon = address.LastIndexOf(':');
        bool hasPort = colon > 0 && (address.IndexOf(':') == colon || address.StartsWith('['));
        return (hasPort ? address[..colon] : address).Trim('[', ']');
    }
}
