using Skep.Swarm.Objects;

namespace Skep.Manager.Backup;

/// <summary>What a manager begins with when its swarm comes out of a backup.</summary>
/// <param name="Manager">This manager's own node object.</param>
public sealed record Restoring(SwarmBackup Backup, Node Manager)
{
    public override string ToString() => "Restoring";
}
