using static Skep.Linux.Files.FileCalls;

namespace Skep.Linux.Files;

// Work on whole trees and whole paths.
public sealed unsafe partial class SafeRoot
{
    /// <summary>Directories inside each other that a walk follows: each level holds one descriptor.</summary>
    public const int DepthLimit = 512;

    // The kernel's own bound on links in one path is 40.
    private const int LinkLimit = 40;

    /// <summary>Removes an object and everything below it; nothing of that name is success.</summary>
    /// <remarks>Mounts are not entered but refused by the kernel (EBUSY) when their directory is removed.</remarks>
    public void RemoveTree(string path)
    {
        FileFacts? facts = FindFacts(path, LastLink.Keep);
        if (facts is null)
        {
            return;
        }

        if (facts.Value.Kind == FileKind.Directory)
        {
            using SafeRoot inside = OpenDirectory(path, LastLink.Keep);
            int moved = 0;
            do
            {
                inside.RemoveContent(inside, depth: 0, facts.Value.Device, ref moved);
            }
            while (inside.List().Count > 0);
        }

        Remove(path);
    }

    private void RemoveContent(SafeRoot top, int depth, (uint, uint) device, ref int moved)
    {
        foreach (string name in List())
        {
            FileFacts? facts = FindFacts(name, LastLink.Keep);
            if (facts is null)
            {
                continue;
            }

            if (facts.Value.Kind == FileKind.Directory && facts.Value.Device == device)
            {
                if (depth == DepthLimit)
                {
                    // A tree too deep to hold open is brought to the top, where the next round finds it.
                    string aside;
                    do
                    {
                        aside = $".removing-{moved++}";
                    }
                    while (top.FindFacts(aside, LastLink.Keep) is not null);
                    Rename(name, top, aside);
                    continue;
                }

                using SafeRoot inside = OpenDirectory(name, LastLink.Keep);
                inside.RemoveContent(top, depth + 1, device, ref moved);
            }

            Remove(name);
        }
    }

    // Both names are plain: no slash.
    internal void Rename(string name, SafeRoot to, string newName)
    {
        fixed (byte* from = NameBytes.Encode(name))
        fixed (byte* into = NameBytes.Encode(newName))
        {
            Check(RenameAt(directory, from, to.directory, into), "rename", name);
        }
    }

    /// <summary>The path without links and dots, as it stands now; parts that do not exist stay.</summary>
    /// <remarks>For words and comparisons only: by the time it is used the tree may have changed.</remarks>
    public string FollowLinks(string path) => FollowLinks(path, _ => { });

    /// <param name="crossed">Is told of each link on the way.</param>
    public string FollowLinks(string path, Action<FileFacts> crossed)
    {
        var pending = new Stack<string>(Parts(path).Reverse());
        var done = new List<string>();
        int links = 0;
        while (pending.TryPop(out string? part))
        {
            if (part == "..")
            {
                done.RemoveRange(Math.Max(done.Count - 1, 0), Math.Min(done.Count, 1));
                continue;
            }

            done.Add(part);
            using FileObject? here = Find(string.Join('/', done), LastLink.Keep);
            if (here?.Stat() is not { Kind: FileKind.Link } link)
            {
                continue;
            }

            crossed(link);

            if (++links > LinkLimit)
            {
                throw Failure("resolve", path, Errno.ELOOP);
            }

            string target = here.ReadLink();
            done.RemoveAt(done.Count - 1);
            if (target.StartsWith('/'))
            {
                done.Clear();
            }

            foreach (string step in Parts(target).Reverse())
            {
                pending.Push(step);
            }
        }

        return "/" + string.Join('/', done);
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
