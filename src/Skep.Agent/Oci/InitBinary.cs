using System.Buffers.Binary;

namespace Skep.Agent.Oci;

/// <summary>Finds the program that is the first process of containers with --init: tini.</summary>
public static class InitBinary
{
    /// <summary>Segment that names a dynamic loader (ELF: PT_INTERP).</summary>
    private const uint InterpreterSegment = 3;

    private const int HeaderBytes = 64, SegmentBytes = 56;

    private static readonly string[] Names = ["docker-init", "tini-static", "tini"];

    /// <param name="configured">--init-path: a path, or a name to look for; null: tini's usual names.</param>
    /// <param name="searchPath">The daemon's PATH.</param>
    /// <returns>Null: there is none that would run in a container.</returns>
    public static string? Find(string? configured, string searchPath)
    {
        if (configured is not null && configured.Contains('/'))
        {
            return File.Exists(configured) ? Path.GetFullPath(configured) : null;
        }

        IEnumerable<string> names = configured is null ? Names : [configured];
        IEnumerable<string> paths = names.SelectMany(
            name => searchPath.Split(':').Where(Path.IsPathFullyQualified).Select(place => Path.Combine(place, name)));

        // A dynamic one would need the image to have its loader and libraries.
        return paths.FirstOrDefault(path => File.Exists(path) && (configured is not null || IsStatic(path)));
    }

    /// <summary>ELF64, little endian: 16 identification … 8 phoff at 32 … 2 phentsize, 2 phnum at 56.</summary>
    internal static bool IsStatic(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes
            || !header[..4].SequenceEqual("\u007fELF"u8))
        {
            return false;
        }

        long offset = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        Span<byte> segment = stackalloc byte[SegmentBytes];
        for (int index = 0; index < count; index++)
        {
            file.Position = offset + (long)index * SegmentBytes;
            if (file.ReadAtLeast(segment, SegmentBytes, throwOnEndOfStream: false) < SegmentBytes
                || BinaryPrimitives.ReadUInt32LittleEndian(segment) == InterpreterSegment)
            {
                return false;
            }
        }

        return true;
    }
}
