using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Skep.Docker.Mounts;
using Skep.Docker.Validation;
using Skep.Linux;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.Agent.Archive;

/// <summary>How an archive is unpacked into a container.</summary>
/// <param name="KeepsKinds">A directory is not replaced by something else, nor the other way round.</param>
/// <param name="Owner">Who shall own everything; null: as the archive says.</param>
/// <param name="AllowsDevices">Device nodes are made: only for a container that may use any device anyway.</param>
public sealed record CopyInOptions(bool KeepsKinds, (uint Uid, uint Gid)? Owner, bool AllowsDevices);

/// <summary>Unpacks a tar archive at a path of a container (PUT /containers/ID/archive).</summary>
/// <remarks>
/// The archive is hostile. Every name is resolved by the kernel below the container's root, so nothing reaches the
/// machine. Inside the container entries stay below the path: names that climb out are refused, and so is writing
/// through a link that this archive itself has made. Links that were there before are followed, as in Docker.
/// </remarks>
public sealed class CopyIn
{
    private readonly SafeRoot root;
    private readonly string destination;
    private readonly CopyInOptions options;
    private readonly HashSet<(ulong, (uint, uint))> madeLinks = [];
    private readonly List<(string Path, UnixTime Modified)> directories = [];
    private readonly byte[] buffer = new byte[ArchiveLimits.CopyBytes];

    /// <param name="containerName">As the client called the container, for messages.</param>
    /// <exception cref="RefusedException">The path is not there, not a directory, or read-only.</exception>
    public CopyIn(ContainerTree tree, string path, string containerName, CopyInOptions options)
    {
        root = tree.Root;
        this.options = options;
        destination = root.FollowLinks("/" + path);
        FileFacts facts = root.FindFacts(destination, LastLink.Follow)
            ?? throw new RefusedException(
                ErrorKind.NotFound, $"Could not find the file {path} in container {containerName}");
        if (facts.Kind != FileKind.Directory)
        {
            throw new RefusedException(ErrorKind.Invalid, "extraction point is not a directory");
        }

        tree.CheckWritable(destination);
    }

    /// <param name="content">The archive, plain or compressed with gzip.</param>
    public async Task ReadAsync(Stream content, CancellationToken stop)
    {
        try
        {
            await using Stream plain = await PlainContent.OpenAsync(content, stop);
            var input = new TarInput(plain);
            while (await input.NextAsync(stop) is { } header)
            {
                await AddAsync(input, header, stop);
            }

            // Last, because every entry made in a directory changes its time.
            foreach ((string path, UnixTime modified) in directories)
            {
                using FileObject? made = root.Find(path, LastLink.Keep);
                made?.SetTimes(modified, modified);
            }
        }
        catch (InvalidDataException e)
        {
            throw new RefusedException(ErrorKind.Invalid, $"Error processing tar file: {e.Message}", e);
        }
        catch (ErrnoException e)
        {
            throw new RefusedException(ErrorKind.Failed, $"Error processing tar file: {e.Message}", e);
        }
    }

    private async Task AddAsync(TarInput input, TarHeader header, CancellationToken stop)
    {
        string name = PathText.Clean(header.Name);
        string path = Below(name, $"{GoText.Quote(name)} is outside of {GoText.Quote(destination)}");
        string parent = path[..Math.Max(path.LastIndexOf('/'), 1)];
        if (path != destination)
        {
            CheckLinks(parent, header.Name);
            root.MakeDirectories(parent, 0x1ED);
        }

        FileFacts? existing = root.FindFacts(path, LastLink.Keep);
        if (path == destination && existing is { Kind: FileKind.Directory })
        {
            return;
        }

        if (existing is { } facts)
        {
            MakeRoom(path, facts.Kind == FileKind.Directory, header.Type == TarHeader.Directory);
        }

        if (header.Type == TarHeader.HardLink)
        {
            AddHardLink(path, header);
            return;
        }

        bool isMerged = existing is { Kind: FileKind.Directory } && header.Type == TarHeader.Directory;
        if (!isMerged)
        {
            await MakeAsync(input, path, header, stop);
        }

        using FileObject made = root.Get(path, LastLink.Keep);
        SetFacts(made, header);
        if (header.Type == TarHeader.Directory)
        {
            directories.Add((path, header.Modified));
        }
        else if (header.Type == TarHeader.Link)
        {
            FileFacts link = made.Stat();
            madeLinks.Add((link.Inode, link.Device));
        }
    }

    private async Task MakeAsync(TarInput input, string path, TarHeader header, CancellationToken stop)
    {
        switch (header.Type)
        {
            case TarHeader.Regular or TarHeader.Contiguous:
                using (SafeFileHandle file = root.CreateFile(path, 0x180))
                {
                    await CopyBytesAsync(input, file, stop);
                }

                break;
            case TarHeader.Directory:
                root.MakeDirectory(path, 0x1C0);
                break;
            case TarHeader.Link:
                root.MakeLink(path, header.LinkName);
                break;
            case TarHeader.Fifo:
                root.MakeNode(path, FileKind.Fifo, 0x180, default);
                break;
            case TarHeader.CharacterDevice or TarHeader.BlockDevice when options.AllowsDevices:
                root.MakeNode(
                    path,
                    header.Type == TarHeader.BlockDevice ? FileKind.BlockDevice : FileKind.CharacterDevice,
                    0x180,
                    (header.DeviceMajor, header.DeviceMinor));
                break;
            case TarHeader.CharacterDevice or TarHeader.BlockDevice:
                throw new InvalidDataException(
                    $"{GoText.Quote(header.Name)} is a device: it can only be copied into a privileged container");
            default:
                throw new InvalidDataException(
                    string.Create(CultureInfo.InvariantCulture, $"unhandled tar header type {(int)header.Type}"));
        }
    }

    private void AddHardLink(string path, TarHeader header)
    {
        string refusal = $"invalid hardlink {GoText.Quote(path)} -> {GoText.Quote(header.LinkName)}";
        string existing = Below(PathText.Clean(header.LinkName), refusal);
        CheckLinks(existing[..Math.Max(existing.LastIndexOf('/'), 1)], header.LinkName);
        using FileObject shared = root.Get(existing, LastLink.Keep);
        root.MakeHardLink(path, shared);
    }

    private async Task CopyBytesAsync(TarInput input, SafeFileHandle file, CancellationToken stop)
    {
        long at = 0;
        int length;
        while ((length = await input.ReadAsync(buffer, stop)) > 0)
        {
            RandomAccess.Write(file, buffer.AsSpan(0, length), at);
            at += length;
        }
    }

    private void MakeRoom(string path, bool isDirectory, bool willBeDirectory)
    {
        if (isDirectory && willBeDirectory)
        {
            return;
        }

        if (options.KeepsKinds && isDirectory)
        {
            throw new InvalidDataException(
                $"cannot overwrite directory {GoText.Quote(path)} with non-directory {GoText.Quote(destination)}");
        }

        if (options.KeepsKinds && willBeDirectory)
        {
            throw new InvalidDataException(
                $"cannot overwrite non-directory {GoText.Quote(path)} with directory {GoText.Quote(destination)}");
        }

        root.RemoveTree(path);
    }

    // The owner first: a change of owner clears set-id bits and file capabilities.
    private void SetFacts(FileObject made, TarHeader header)
    {
        (uint uid, uint gid) = options.Owner ?? ((uint)header.Uid, (uint)header.Gid);
        made.SetOwner(uid, gid);
        foreach ((string attribute, byte[] value) in header.Attributes)
        {
            if (FileAttributes.Travels(attribute) && header.Type != TarHeader.Link)
            {
                made.SetAttribute(attribute, value);
            }
        }

        if (header.Type != TarHeader.Link)
        {
            made.SetMode(header.Mode);
        }

        made.SetTimes(header.Modified, header.Modified);
    }

    // An absolute name means the same as a relative one; only ".." can climb out.
    private string Below(string name, string refusal)
    {
        string path = PathText.Clean($"{destination}/{name}");
        return PathText.IsWithin(path, destination) ? path : throw new InvalidDataException(refusal);
    }

    private void CheckLinks(string directory, string name)
    {
        if (madeLinks.Count == 0)
        {
            return;
        }

        bool crossesOwnLink = false;
        string end = root.FollowLinks(
            directory, link => crossesOwnLink |= madeLinks.Contains((link.Inode, link.Device)));
        if (crossesOwnLink && !PathText.IsWithin(end, destination))
        {
            throw new InvalidDataException(
                $"{GoText.Quote(name)} leads through a link of this archive out of {GoText.Quote(destination)}");
        }
    }
}
