using System.Runtime.InteropServices;
using Skep.Linux.Files;

namespace Skep.Linux.Mounts;

/// <summary>Overlays of so many layers that their absolute paths do not fit into mount(2)'s one page.</summary>
/// <remarks>
/// The layers lie in one directory, so their paths are made relative to it. The working directory belongs to a thread
/// only after unshare(CLONE_FS): a thread of its own does it and ends.
/// </remarks>
internal static unsafe partial class LongOverlay
{
    private const int CLONE_FS = 0x200;

    public static void Mount(string source, string target, MountOptions options)
    {
        string[] parts = options.Data.Split(',');
        string[] layers = [.. parts.Where(IsLayers).SelectMany(part => part["lowerdir=".Length..].Split(':'))];
        string directory = CommonDirectory(layers);
        string relative = string.Join(
            ',',
            parts.Where(part => !IsLayers(part)).Append(
                "lowerdir=" + string.Join(':', layers.Select(layer => layer[(directory.Length + 1)..]))));
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                EnterDirectory(directory);
                KernelMounts.Call(source, Path.GetFullPath(target), "overlay", options.Flags, relative);
            }
            catch (IOException e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private static bool IsLayers(string option) => option.StartsWith("lowerdir=", StringComparison.Ordinal);

    /// <summary>The longest directory that all paths are in, without its last slash.</summary>
    internal static string CommonDirectory(IReadOnlyList<string> paths)
    {
        string common = paths[0];
        foreach (string path in paths)
        {
            common = common[..common.AsSpan().CommonPrefixLength(path)];
        }

        return common[..Math.Max(common.LastIndexOf('/'), 0)];
    }

    private static void EnterDirectory(string directory)
    {
        fixed (byte* path = NameBytes.Encode(directory + "/"))
        {
            if (Unshare(CLONE_FS) != 0 || Chdir(path) != 0)
            {
                throw new ErrnoException($"chdir {directory}", Marshal.GetLastPInvokeError());
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true)]
    private static partial int Chdir(byte* path);
}
