using Skep.Agent;

namespace Skep.Daemon;

/// <summary>The daemon's directories, with modes that keep images' set-uid programs from the machine's users.</summary>
internal static class DaemonDirectories
{
    // reliability: a user who can walk into a layer can run what is set-uid in it (CVE-2021-41091).
    private const UnixFileMode DataRootMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    // Members of the socket's group must get through to it.
    private const UnixFileMode ExecRootMode = DataRootMode | UnixFileMode.OtherExecute;

    public static void Create(Instance instance)
    {
        Directory.CreateDirectory(instance.DataRoot);
        File.SetUnixFileMode(instance.DataRoot, DataRootMode);
        if (!Directory.Exists(instance.ExecRoot))
        {
            Directory.CreateDirectory(instance.ExecRoot);
            File.SetUnixFileMode(instance.ExecRoot, ExecRootMode);
        }
    }
}
