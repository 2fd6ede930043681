using System.Runtime.InteropServices;

namespace Skep.Linux.Sockets;

/// <summary>Who may use a socket in the file system.</summary>
public static partial class SocketOwner
{
    /// <exception cref="ErrnoException">The kernel refused.</exception>
    public static void SetGroup(string path, uint groupId)
    {
        const uint Unchanged = uint.MaxValue;
        if (lchown(path, Unchanged, groupId) != 0)
        {
            throw new ErrnoException($"chown {path}", Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint owner, uint group);
}

/// <summary>The groups of this machine, as /etc/group has them.</summary>
public static class GroupFile
{
    /// <param name="nameOrId">A group's name, or its number.</param>
    /// <returns>Null: no such group.</returns>
    public static uint? Find(string nameOrId)
    {
        if (uint.TryParse(nameOrId, out uint id))
        {
            return id;
        }

        // Lines are name:password:id:members.
        foreach (string line in File.Exists("/etc/group") ? File.ReadLines("/etc/group") : [])
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 3 && fields[0] == nameOrId && uint.TryParse(fields[2], out id))
            {
                return id;
            }
        }

        return null;
    }
}
