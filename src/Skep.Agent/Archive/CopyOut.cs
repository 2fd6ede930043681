using Microsoft.Win32.SafeHandles;
using Skep.Docker.Engine;
using Skep.Linux;
using Skep.Linux.Files;

namespace Skep.Agent.Archive;

/// <summary>A path of a container as a tar archive (GET and HEAD /containers/ID/archive).</summary>
/// <remarks>
/// The container may run and change its files meanwhile: what vanishes is left out, as in Docker. Sockets have no place
/// in an archive.
/// </remarks>
public sealed class CopyOut
{
    private readonly ContainerTree tree;
    private readonly PathQuery query;
    private readonly Dictionary<(ulong, (uint, uint)), string> linked = [];
    private readonly byte[] buffer = new byte[ArchiveLimits.CopyBytes];

    /// <param name="containerName">As the client called the container, for messages.</param>
    /// <exception cref="Swarm.RefusedException">There is no such file.</exception>
    public CopyOut(ContainerTree tree, string path, string containerName)
    {
        this.tree = tree;
        query = new PathQuery(tree, path, containerName);
    }

    /// <summary>What the header X-Docker-Container-Path-Stat says.</summary>
    public PathStat Stat => query.ToStat();

    public async Task WriteAsync(Stream target, CancellationToken stop)
    {
        var output = new TarOutput(target);
        if (query.Facts.Kind == FileKind.Directory)
        {
            using SafeRoot directory = tree.Root.OpenDirectory(query.Clean);
            string name = query.Base == "/" ? "" : query.Base;
            using FileObject own = directory.Get(".", LastLink.Keep);
            await AddAsync(output, own, name + "/", stop);
            await AddContentAsync(output, directory, name + "/", depth: 0, stop);
        }
        else
        {
            using FileObject file = tree.Root.Get(query.Clean, query.Link);
            await AddAsync(output, file, query.Base, stop);
        }

        await output.EndAsync(stop);
    }

    private async Task AddContentAsync(
        TarOutput output, SafeRoot directory, string path, int depth, CancellationToken stop)
    {
        if (depth > SafeRoot.DepthLimit)
        {
            throw new IOException("too many directories inside each other");
        }

        foreach (string name in directory.List())
        {
            stop.ThrowIfCancellationRequested();
            using FileObject? file = directory.Find(name, LastLink.Keep);
            if (file is null)
            {
                continue;
            }

            bool isDirectory = file.Stat().Kind == FileKind.Directory;
            await AddAsync(output, file, path + name + (isDirectory ? "/" : ""), stop);
            if (isDirectory && OpenIfThere(directory, name) is { } inside)
            {
                using (inside)
                {
                    await AddContentAsync(output, inside, $"{path}{name}/", depth + 1, stop);
                }
            }
        }
    }

    private async Task AddAsync(TarOutput output, FileObject file, string name, CancellationToken stop)
    {
        FileFacts facts = file.Stat();
        if (facts.Kind is FileKind.Socket or FileKind.Unknown)
        {
            return;
        }

        TarHeader header = HeaderOf(file, facts, name);
        if (facts.Kind == FileKind.Directory || facts.LinkCount < 2)
        {
            await WriteEntryAsync(output, file, header, stop);
        }
        else if (linked.TryGetValue((facts.Inode, facts.Device), out string? first))
        {
            await output.WriteHeaderAsync(
                header with { Type = TarHeader.HardLink, LinkName = first, Size = 0 }, stop);
        }
        else
        {
            linked.Add((facts.Inode, facts.Device), name);
            await WriteEntryAsync(output, file, header, stop);
        }
    }

    private async Task WriteEntryAsync(TarOutput output, FileObject file, TarHeader header, CancellationToken stop)
    {
        await output.WriteHeaderAsync(header, stop);
        if (header.Size > 0)
        {
            using SafeFileHandle content = file.OpenRead();
            int length;
            for (long at = 0; at < header.Size; at += length)
            {
                length = RandomAccess.Read(content, buffer, at);
                if (length == 0)
                {
                    break;
                }

                await output.WriteAsync(buffer.AsMemory(0, length), stop);
            }

            await output.EndEntryAsync(stop);
        }
    }

    private static TarHeader HeaderOf(FileObject file, FileFacts facts, string name) => new()
    {
        Name = name,
        Type = facts.Kind switch
        {
            FileKind.Directory => TarHeader.Directory,
            FileKind.Link => TarHeader.Link,
            FileKind.CharacterDevice => TarHeader.CharacterDevice,
            FileKind.BlockDevice => TarHeader.BlockDevice,
            FileKind.Fifo => TarHeader.Fifo,
            _ => TarHeader.Regular,
        },
        LinkName = facts.Kind == FileKind.Link ? file.ReadLink() : "",
        Mode = facts.Mode,
        Uid = facts.Uid,
        Gid = facts.Gid,
        Size = facts.Kind == FileKind.Regular ? facts.Size : 0,
        Modified = facts.Modified,
        DeviceMajor = facts.Represents.Major,
        DeviceMinor = facts.Represents.Minor,
        Attributes = FileAttributes.Of(file, facts.Kind),
    };

    private static SafeRoot? OpenIfThere(SafeRoot directory, string name)
    {
        try
        {
            return directory.OpenDirectory(name, LastLink.Keep);
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            return null;
        }
    }
}
