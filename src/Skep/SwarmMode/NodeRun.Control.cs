using Skep.Manager;
using Skep.Manager.Control;
using Skep.Manager.Measuring;
using Skep.Swarm;

namespace Skep.SwarmMode;

// What a manager offers to users.
internal sealed partial class NodeRun
{
    /// <summary>Null while this node is no manager at work.</summary>
    public ISwarmControl? Control => manager?.Control;

    /// <inheritdoc cref="ManagerRole.Measure"/>
    public ManagerSample? Measure() => manager?.Measure();

    /// <inheritdoc cref="ManagerRole.BackupAsync"/>
    public Task<ReadOnlyMemory<byte>> BackupAsync(string passphrase, CancellationToken stop) =>
        manager is { } role && Control is not null
            ? role.BackupAsync(passphrase, stop)
            : throw new RefusedException(ErrorKind.Unavailable, SwarmWords.WhyNoControl(Status));

    /// <returns>SWMKEY-1-…, or "" when managers are not locked.</returns>
    public Task<string> UnlockKeyAsync(CancellationToken stop) => manager is { } role && Control is not null
        ? role.UnlockKeyAsync(stop)
        : throw new RefusedException(ErrorKind.Unavailable, SwarmWords.WhyNoControl(Status));
}
