using System.Text;
using Skep.Agent;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.Engine.Machine;

/// <summary>The engine's id: made once for a data root, and the same ever after.</summary>
internal static class EngineId
{
    /// <summary>Reads it, or makes it.</summary>
    public static string Load(Instance instance, IdSource ids)
    {
        string path = Path.Combine(instance.DataRoot, "engine-id");
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: 36 } known)
        {
            return known;
        }

        string digits = ids.NewHex(32);
        string id = $"{digits[..8]}-{digits[8..12]}-{digits[12..16]}-{digits[16..20]}-{digits[20..]}";
        DurableFile.Replace(path, Encoding.ASCII.GetBytes(id), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return id;
    }
}
