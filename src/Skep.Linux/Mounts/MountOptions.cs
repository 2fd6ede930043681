namespace Skep.Linux.Mounts;

/// <summary>Mount options as people and containerd write them, taken apart as mount(2) wants them.</summary>
/// <param name="Flags">MS_* without propagation.</param>
/// <param name="Propagation">MS_SHARED and the like, with MS_REC; 0: none was said.</param>
/// <param name="Data">What the file system itself reads, joined by commas.</param>
public readonly record struct MountOptions(ulong Flags, ulong Propagation, string Data)
{
    public const ulong ReadOnly = 0x1, NoSuid = 0x2, NoDev = 0x4, NoExec = 0x8, Synchronous = 0x10, Remount = 0x20;
    public const ulong Mandatory = 0x40, DirSync = 0x80, NoSymFollow = 0x100, NoAccessTime = 0x400;
    public const ulong NoDirAccessTime = 0x800, Bind = 0x1000, Move = 0x2000, Recursive = 0x4000, Silent = 0x8000;
    public const ulong Unbindable = 0x20000, Private = 0x40000, Slave = 0x80000, Shared = 0x100000;
    public const ulong RelativeAccessTime = 0x200000, Version = 0x800000, StrictAccessTime = 0x1000000;
    public const ulong LazyTime = 0x2000000;

    /// <exception cref="FormatException">An option with a NUL, which would cut the rest off.</exception>
    public static MountOptions Parse(IEnumerable<string> options)
    {
        ulong flags = 0, propagation = 0;
        var data = new List<string>();
        foreach (string option in options)
        {
            if (option.Contains('\0'))
            {
                throw new FormatException("mount option with a NUL");
            }

            if (FlagOf(option) is var (set, clear))
            {
                flags = (flags & ~clear) | set;
            }
            else if (PropagationOf(option) is not 0 and var kind)
            {
                propagation = kind;
            }
            else if (option.Length > 0)
            {
                data.Add(option);
            }
        }

        return new MountOptions(flags, propagation, string.Join(',', data));
    }

    /// <summary>"rprivate" and the like as MS_*; 0 for anything else.</summary>
    public static ulong PropagationOf(string word) => word switch
    {
        "private" => Private,
        "rprivate" => Private | Recursive,
        "slave" => Slave,
        "rslave" => Slave | Recursive,
        "shared" => Shared,
        "rshared" => Shared | Recursive,
        "unbindable" => Unbindable,
        "runbindable" => Unbindable | Recursive,
        _ => 0,
    };

    // Options of mount(8) that are flags. Those of fstab alone (auto, user, _netdev) mean nothing to the kernel.
    private static (ulong Set, ulong Clear)? FlagOf(string option) => option switch
    {
        "defaults" or "auto" or "noauto" or "user" or "nouser" or "users" or "_netdev" or "nofail" => (0, 0),
        "ro" => (ReadOnly, 0),
        "rw" => (0, ReadOnly),
        "suid" => (0, NoSuid),
        "nosuid" => (NoSuid, 0),
        "dev" => (0, NoDev),
        "nodev" => (NoDev, 0),
        "exec" => (0, NoExec),
        "noexec" => (NoExec, 0),
        "sync" => (Synchronous, 0),
        "async" => (0, Synchronous),
        "dirsync" => (DirSync, 0),
        "remount" => (Remount, 0),
        "mand" => (Mandatory, 0),
        "nomand" => (0, Mandatory),
        "nosymfollow" => (NoSymFollow, 0),
        "atime" => (0, NoAccessTime),
        "noatime" => (NoAccessTime, 0),
        "diratime" => (0, NoDirAccessTime),
        "nodiratime" => (NoDirAccessTime, 0),
        "relatime" => (RelativeAccessTime, 0),
        "norelatime" => (0, RelativeAccessTime),
        "strictatime" => (StrictAccessTime, 0),
        "nostrictatime" => (0, StrictAccessTime),
        "lazytime" => (LazyTime, 0),
        "iversion" => (Version, 0),
        "noiversion" => (0, Version),
        "silent" => (Silent, 0),
        "bind" => (Bind, 0),
        "rbind" => (Bind | Recursive, 0),
        _ => null,
    };
}
