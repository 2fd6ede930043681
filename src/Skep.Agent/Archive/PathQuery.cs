using Skep.Docker.Engine;
using Skep.Docker.Mounts;
using Skep.Linux.Files;
using Skep.Swarm;

namespace Skep.Agent.Archive;

/// <summary>A path in a container as the client wrote it, and what is there.</summary>
/// <remarks>"dir/." and "dir/" mean the directory behind a link, and "." keeps its name: as Docker has it.</remarks>
internal sealed record PathQuery
{
    private readonly ContainerTree tree;

    /// <param name="containerName">As the client called the container, for messages.</param>
    public PathQuery(ContainerTree tree, string path, string containerName)
    {
        this.tree = tree;
        bool hasSlash = path.EndsWith('/');
        bool hasDot = path == "." || path.EndsWith("/.", StringComparison.Ordinal);
        Clean = PathText.Clean("/" + path);
        Base = hasDot ? "." : Clean == "/" ? "/" : Clean[(Clean.LastIndexOf('/') + 1)..];
        Link = hasDot || hasSlash ? LastLink.Follow : LastLink.Keep;
        Facts = tree.Root.FindFacts(Clean, Link)
            ?? throw new RefusedException(
                ErrorKind.NotFound, $"Could not find the file {path} in container {containerName}");
        if (Link == LastLink.Follow && Facts.Kind != FileKind.Directory)
        {
            throw new RefusedException(ErrorKind.Invalid, $"lstat {path}: not a directory");
        }
    }

    /// <summary>Absolute, without dots.</summary>
    public string Clean { get; }

    /// <summary>What Docker calls the thing itself.</summary>
    public string Base { get; }

    public LastLink Link { get; }

    public FileFacts Facts { get; }

    public PathStat ToStat() => new()
    {
        Name = Base,
        Size = Facts.Size,
        Mode = GoMode(Facts),
        ModifiedAt = Facts.Modified.ToDateTimeOffset(),
        LinkTarget = Facts.Kind == FileKind.Link ? tree.Root.FollowLinks(Clean) : "",
    };

    // The bits of Go's os.FileMode, which the API shows.
    internal static uint GoMode(FileFacts facts) =>
        (facts.Mode & 0x1FF)
        | (facts.Kind switch
        {
            FileKind.Directory => 1u << 31,
            FileKind.Link => 1u << 27,
            FileKind.BlockDevice => 1u << 26,
            FileKind.CharacterDevice => (1u << 26) | (1u << 21),
            FileKind.Fifo => 1u << 25,
            FileKind.Socket => 1u << 24,
            FileKind.Regular => 0,
            _ => 1u << 19,
        })
        | ((facts.Mode & 0x800) != 0 ? 1u << 23 : 0)
        | ((facts.Mode & 0x400) != 0 ? 1u << 22 : 0)
        | ((facts.Mode & 0x200) != 0 ? 1u << 20 : 0);
}
