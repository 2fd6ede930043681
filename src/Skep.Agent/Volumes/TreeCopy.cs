using Microsoft.Win32.SafeHandles;
using Skep.Linux;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.Agent.Volumes;

/// <summary>Copies a tree with everything a file has: owner, mode, times, attributes, links, holes.</summary>
internal sealed class TreeCopy
{
    private readonly SafeRoot top;
    private readonly CancellationToken stop;
    private readonly Dictionary<(ulong, (uint, uint)), string> linked = [];
    private readonly byte[] buffer = new byte[VolumeLimits.CopyBytes];

    private TreeCopy(SafeRoot top, CancellationToken stop)
    {
        this.top = top;
        this.stop = stop;
    }

    /// <summary>Copies what is in a directory, and the directory's own owner and mode.</summary>
    public static void Copy(SafeRoot from, SafeRoot to, CancellationToken stop)
    {
        new TreeCopy(to, stop).CopyContent(from, to, path: "", depth: 0);
        using FileObject source = from.Get(".", LastLink.Keep);
        using FileObject target = to.Get(".", LastLink.Keep);
        CopyFacts(source, target, source.Stat());
    }

    private void CopyContent(SafeRoot from, SafeRoot to, string path, int depth)
    {
        if (depth > SafeRoot.DepthLimit)
        {
            throw new RefusedException(ErrorKind.Failed, "the image has too many directories inside each other");
        }

        foreach (string name in from.List())
        {
            stop.ThrowIfCancellationRequested();
            using FileObject source = from.Get(name, LastLink.Keep);
            FileFacts facts = source.Stat();
            if (facts.LinkCount > 1 && facts.Kind != FileKind.Directory)
            {
                if (linked.TryGetValue((facts.Inode, facts.Device), out string? first))
                {
                    using FileObject existing = top.Get(first, LastLink.Keep);
                    to.MakeHardLink(name, existing);
                    continue;
                }

                linked.Add((facts.Inode, facts.Device), path + name);
            }

            CopyOne(to, source, facts, name);
            if (facts.Kind == FileKind.Directory)
            {
                using SafeRoot inside = from.OpenDirectory(name, LastLink.Keep);
                using SafeRoot target = to.OpenDirectory(name, LastLink.Keep);
                CopyContent(inside, target, $"{path}{name}/", depth + 1);
            }

            using FileObject made = to.Get(name, LastLink.Keep);
            CopyFacts(source, made, facts);
        }
    }

    private void CopyOne(SafeRoot to, FileObject source, FileFacts facts, string name)
    {
        switch (facts.Kind)
        {
            case FileKind.Directory:
                to.MakeDirectory(name, 0x1C0);
                break;
            case FileKind.Regular:
                using (SafeFileHandle reader = source.OpenRead())
                using (SafeFileHandle writer = to.CreateFile(name, 0x180))
                {
                    CopyBytes(reader, writer);
                }

                break;
            case FileKind.Link:
                to.MakeLink(name, source.ReadLink());
                break;
            default:
                to.MakeNode(name, facts.Kind, 0x180, facts.Represents);
                break;
        }
    }

    // A block of zeros is left out: the file gets a hole there.
    private void CopyBytes(SafeFileHandle reader, SafeFileHandle writer)
    {
        long at = 0;
        int length;
        while ((length = RandomAccess.Read(reader, buffer, at)) > 0)
        {
            stop.ThrowIfCancellationRequested();
            if (buffer.AsSpan(0, length).ContainsAnyExcept((byte)0))
            {
                RandomAccess.Write(writer, buffer.AsSpan(0, length), at);
            }

            at += length;
        }

        RandomAccess.SetLength(writer, at);
    }

    // The owner first: a change of owner clears set-id bits and file capabilities. Times last.
    private static void CopyFacts(FileObject source, FileObject target, FileFacts facts)
    {
        target.SetOwner(facts.Uid, facts.Gid);
        foreach (string attribute in source.ListAttributes())
        {
            try
            {
                target.SetAttribute(attribute, source.GetAttribute(attribute));
            }
            catch (ErrnoException e) when (e.Errno == Errno.EOPNOTSUPP)
            {
                // The volume's file system does not have this kind: Docker goes on without it.
                continue;
            }
        }

        if (facts.Kind != FileKind.Link)
        {
            target.SetMode(facts.Mode);
        }

        target.SetTimes(facts.Accessed, facts.Modified);
    }
}
