using Skep.Linux;
using Skep.Linux.Files;

namespace Skep.Agent.Volumes;

/// <summary>How many bytes the files of a tree hold, each file once, mounts below it not entered.</summary>
internal static class TreeSize
{
    /// <returns>Null: more entries than the bound, or deeper than a walk goes.</returns>
    public static long? Of(SafeRoot tree, int entryLimit, CancellationToken stop)
    {
        var walk = new Walk(entryLimit, stop);
        return walk.Add(tree, tree.Stat(".", LastLink.Keep).Device, depth: 0) ? walk.Bytes : null;
    }

    private sealed class Walk(int entryLimit, CancellationToken stop)
    {
        private readonly HashSet<ulong> linked = [];
        private int entryCount;

        public long Bytes { get; private set; }

        public bool Add(SafeRoot directory, (uint, uint) device, int depth)
        {
            foreach (string name in directory.List())
            {
                stop.ThrowIfCancellationRequested();
                if (++entryCount > entryLimit || depth > SafeRoot.DepthLimit)
                {
                    return false;
                }

                // Files come and go while we count.
                if (directory.FindFacts(name, LastLink.Keep) is not { } facts || facts.Device != device)
                {
                    continue;
                }

                if (facts.Kind == FileKind.Directory)
                {
                    if (!AddInside(directory, name, device, depth))
                    {
                        return false;
                    }
                }
                else if (facts.LinkCount == 1 || linked.Add(facts.Inode))
                {
                    Bytes += facts.Size;
                }
            }

            return true;
        }

        private bool AddInside(SafeRoot directory, string name, (uint, uint) device, int depth)
        {
            SafeRoot inside;
            try
            {
                inside = directory.OpenDirectory(name, LastLink.Keep);
            }
            catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
            {
                return true;
            }

            using (inside)
            {
                return Add(inside, device, depth + 1);
            }
        }
    }
}
