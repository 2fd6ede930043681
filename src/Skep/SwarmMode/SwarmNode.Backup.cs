using Skep.Manager.Backup;

namespace Skep.SwarmMode;

// The swarm as a file, and back.
public sealed partial class SwarmNode
{
    /// <summary>
    /// Everything the managers agreed on, sealed with the passphrase or, when that is empty, the unlock key.
    /// </summary>
    public Task<ReadOnlyMemory<byte>> BackupAsync(string passphrase, CancellationToken stop) => run is { } present
        ? present.BackupAsync(passphrase, stop)
        : throw Unavailable(SwarmWords.NotInSwarm);

    /// <summary>Makes the swarm of a backup again, with this node as its only manager.</summary>
    /// <param name="options">Addresses alone count.</param>
    /// <returns>The node's id: a new one.</returns>
    public async Task<string> RestoreAsync(
        InitOptions options, Stream sealedContent, string passphrase, CancellationToken stop)
    {
        using Held held = await HoldAsync(stop);
        if (run is not null)
        {
            throw Unavailable(AlreadyPart);
        }

        (NodeSettings settings, NodeStart start) = NodeStarts.ForInit(options, null, parts.Addresses());
        folder.Clear();
        var backup = SwarmBackup.Read(await SealedFile.ReadAsync(sealedContent, passphrase, stop));
        NodeRun started = Start(settings, start with { Founding = null, Backup = backup });
        try
        {
            await started.Ready.WaitAsync(stop);
        }
        catch (Exception)
        {
            await StopRunAsync();
            folder.Clear();
            throw;
        }

        return started.Status.NodeId;
    }
}
