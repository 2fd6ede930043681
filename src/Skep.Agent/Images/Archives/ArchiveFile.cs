using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using Skep.Agent.Images.Layers;
using Skep.Docker.Images;
using Skep.Swarm;

namespace Skep.Agent.Images.Archives;

/// <summary>
/// An archive given to load, as a temporary file in which every member can be found. Nothing is unpacked.
/// </summary>
/// <remarks>
/// Members are only ever read, by name, inside this file, so that a name or a link can lead nowhere else; one that
/// climbs out of the archive is refused all the same. The file has no name on the disk: a crash leaves nothing.
/// </remarks>
internal sealed class ArchiveFile : IDisposable
{
    private const int LinkHopCountMax = 8;
    private const int SpoolChunkBytes = 1 << 20;

    private readonly SafeFileHandle file;
    private readonly Dictionary<string, Member> members = [];

    private ArchiveFile(SafeFileHandle file) => this.file = file;

    private readonly record struct Member(long OffsetBytes, long SizeBytes, string? Target);

    /// <summary>Takes the whole stream, plain or gzip.</summary>
    public static async Task<ArchiveFile> ReceiveAsync(
        Stream source, string directory, string name, DiskSpace disk, CancellationToken stop)
    {
        string path = Path.Combine(directory, name);
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        File.Delete(path);
        var archive = new ArchiveFile(file);
        try
        {
            await archive.SpoolAsync(source, disk, stop);
            await archive.IndexAsync(stop);
            return archive;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    public bool Has(string path) => Locate(path) is not null;

    public long SizeOf(string path) => Required(path).SizeBytes;

    public Stream Open(string path)
    {
        Member member = Required(path);
        return new SliceStream(file, member.OffsetBytes, member.SizeBytes);
    }

    public async Task<byte[]> ReadAllAsync(string path, int bytesMax, CancellationToken stop)
    {
        Member member = Required(path);
        if (member.SizeBytes > bytesMax)
        {
            throw Invalid($"{path} of {member.SizeBytes} bytes is larger than the limit of {bytesMax}");
        }

        var bytes = new byte[member.SizeBytes];
        await using Stream stream = Open(path);
        await stream.ReadExactlyAsync(bytes, stop);
        return bytes;
    }

    public void Dispose() => file.Dispose();

    private async Task SpoolAsync(Stream source, DiskSpace disk, CancellationToken stop)
    {
        await using var packed = await PackedStream.OpenAsync(source, stop);
        await using var counted = new MeasuredStream(packed, long.MaxValue, "archive");
        await using Stream plain = packed.Packing switch
        {
            LayerPacking.Gzip => new GZipStream(counted, CompressionMode.Decompress),
            LayerPacking.Zstd => throw new RefusedException(
                ErrorKind.Unsupported, "load does not read zstd archives; unpack it first"),
            _ => counted,
        };
        var buffer = new byte[SpoolChunkBytes];
        long at = 0;
        try
        {
            while (await plain.ReadAtLeastAsync(buffer, buffer.Length, false, stop) is > 0 and var read)
            {
                if (at + read > ImageLimits.BombFloorBytes
                    && (at + read) / ImageLimits.CompressionRatioMax > counted.CountBytes)
                {
                    throw Invalid("it unpacks to far more than an honest archive would");
                }

                disk.Require(read, "archive");
                await RandomAccess.WriteAsync(file, buffer.AsMemory(0, read), at, stop);
                at += read;
            }
        }
        catch (InvalidDataException e)
        {
            throw new RefusedException(ErrorKind.Invalid, "invalid archive: " + e.Message, e);
        }
    }

    private async Task IndexAsync(CancellationToken stop)
    {
        await using var all = new BufferedStream(
            new SliceStream(file, 0, RandomAccess.GetLength(file)), SpoolChunkBytes);
        var walker = new TarWalker(all);
        int count = 0;
        while (await walker.NextAsync(stop) is { } entry)
        {
            if (++count > ImageLimits.ArchiveEntryCountMax)
            {
                throw Invalid($"more than {ImageLimits.ArchiveEntryCountMax} entries");
            }

            string path = Resolve("", entry.Name);
            switch (entry.Type)
            {
                case '2':
                    members[path] = new Member(0, 0, Resolve(Parent(path), entry.LinkName));
                    break;
                case '1':
                    members[path] = new Member(0, 0, Resolve("", entry.LinkName));
                    break;
                case 'S':
                    throw Invalid($"{path} is a sparse file");
                case var _ when entry.IsFile:
                    members[path] = new Member(walker.PositionBytes, entry.SizeBytes, null);
                    break;
                default:
                    break; // Directories say nothing; devices and pipes are never opened.
            }
        }
    }

    private Member Required(string path) =>
        Locate(path) ?? throw new RefusedException(ErrorKind.Invalid, $"invalid archive: {path} is missing");

    private Member? Locate(string path)
    {
        string at = Resolve("", path);
        for (int hop = 0; hop < LinkHopCountMax; hop++)
        {
            if (!members.TryGetValue(at, out Member member))
            {
                return null;
            }

            if (member.Target is null)
            {
                return member;
            }

            at = member.Target;
        }

        throw Invalid($"{path}: too many links");
    }

    private static string Parent(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static string Resolve(string from, string path)
    {
        List<string> parts = path.StartsWith('/') || from.Length == 0 ? [] : [.. from.Split('/')];
        foreach (string part in path.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    throw Invalid($"\"{path}\" leads out of the archive");
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static RefusedException Invalid(string why) => new(ErrorKind.Invalid, "invalid archive: " + why);

    /// <summary>A part of the file, read forwards. Does not own the file.</summary>
    private sealed class SliceStream(SafeFileHandle file, long offsetBytes, long sizeBytes) : Stream
    {
        private long position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => sizeBytes;

        public override long Position
        {
            get => position;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default)
        {
            int wanted = (int)Math.Min(buffer.Length, sizeBytes - position);
            int read = wanted == 0
                ? 0
                : await RandomAccess.ReadAsync(file, buffer[..wanted], offsetBytes + position, stop);
            position += read;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken stop) =>
            ReadAsync(buffer.AsMemory(offset, count), stop).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
