using Google.Protobuf;
using Skep.Swarm;
using Skep.Swarm.Networking;
using Skep.Transport.Contracts;

namespace Skep.Agent.Networks;

/// <summary>The last known state of the networks on this node's disk, for a start while no manager answers.</summary>
/// <remarks>
/// Holds no secret. It is not synced: after a power loss no task runs before a manager was heard. A file that is torn,
/// or of another node, is dropped.
/// </remarks>
internal sealed class NetworkStateFile(string folder, NodeId self, Log log)
{
    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string path = Path.Combine(folder, self.Value);

    /// <summary>Null: there is none.</summary>
    public NetworkState? Load()
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            if (new FileInfo(path).Length <= NetworkSessionLimits.StateBytes)
            {
                NetworkDelta all = NetworkNewsWire.ToRecord(NetworkNews.Parser.ParseFrom(File.ReadAllBytes(path)));
                return all.ApplyTo(NetworkState.Empty with { Self = self });
            }
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or IOException)
        {
            log.Warn("the last known state of the networks cannot be read", ("file", path), ("reason", e.Message));
        }

        return null;
    }

    public void Save(NetworkState state)
    {
        string aside = path + ".new";
        try
        {
            Directory.CreateDirectory(folder, OwnerOnly);
            NetworkDelta all = NetworkDelta.Between(NetworkState.Empty, state) with { IsComplete = true };
            File.WriteAllBytes(aside, NetworkNewsWire.ToWire(all).ToByteArray());
            File.Move(aside, path, overwrite: true);
        }
        catch (IOException e)
        {
            log.Warn("the last known state of the networks is not kept", ("file", path), ("reason", e.Message));
        }
    }
}
