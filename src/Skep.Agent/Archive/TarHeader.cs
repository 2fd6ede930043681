using Skep.Linux.Files;

namespace Skep.Agent.Archive;

/// <summary>One entry of a tar archive, its content aside.</summary>
/// <remarks>Names are strings without loss, see <see cref="NameBytes"/>.</remarks>
internal sealed record TarHeader
{
    public const char Regular = '0', HardLink = '1', Link = '2', CharacterDevice = '3', BlockDevice = '4';
    public const char Directory = '5', Fifo = '6', Contiguous = '7';

    public required string Name { get; init; }
    public required char Type { get; init; }

    /// <summary>Text of a link, or the name in the archive that a hard link shares.</summary>
    public string LinkName { get; init; } = "";

    /// <summary>Permission bits with set-id and sticky: 07777.</summary>
    public uint Mode { get; init; }

    public long Uid { get; init; }
    public long Gid { get; init; }

    /// <summary>Bytes of content.</summary>
    public long Size { get; init; }

    public UnixTime Modified { get; init; }
    public uint DeviceMajor { get; init; }
    public uint DeviceMinor { get; init; }

    /// <summary>Extended attributes of the file.</summary>
    public IReadOnlyDictionary<string, byte[]> Attributes { get; init; } = new Dictionary<string, byte[]>();
}
