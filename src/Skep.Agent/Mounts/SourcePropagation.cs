using Skep.Linux.Mounts;
using Skep.Swarm;

namespace Skep.Agent.Mounts;

/// <summary>A bind can share mounts with its source only if the source's own mount does.</summary>
internal static class SourcePropagation
{
    /// <param name="mayGiveUp">The propagation is our choice: a source that cannot have it gets "rprivate".</param>
    public static string Allowed(string source, string wanted, bool mayGiveUp)
    {
        bool mustBeShared = wanted is "shared" or "rshared";
        if (!mustBeShared && wanted is not ("slave" or "rslave"))
        {
            return wanted;
        }

        MountEntry mount = MountTable.Read().Last(entry => IsWithin(source, entry.Target));
        bool isShared = mount.Propagation.Any(word => word.StartsWith("shared:", StringComparison.Ordinal));
        bool isSlave = mount.Propagation.Any(word => word.StartsWith("master:", StringComparison.Ordinal));
        if (isShared || (isSlave && !mustBeShared))
        {
            return wanted;
        }

        return mayGiveUp
            ? "rprivate"
            : throw new RefusedException(
                ErrorKind.Failed,
                $"path {source} is mounted on {mount.Target} but it is not a shared{(mustBeShared ? "" : " or slave")} "
                + "mount");
    }

    private static bool IsWithin(string path, string directory) =>
        directory == "/" || path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);
}
