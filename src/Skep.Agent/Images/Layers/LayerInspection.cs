using System.IO.Compression;
using System.Text;
using Skep.Docker.Images;
using Skep.Swarm;

namespace Skep.Agent.Images.Layers;

/// <summary>What is known of a layer after its tar stream was read through.</summary>
/// <param name="DiffId">Digest of the unpacked tar stream.</param>
/// <param name="TarBytes">Length of that stream.</param>
/// <param name="FileBytes">
/// Sum of the sizes of its files, a symbolic link having the length of its target: what Docker calls the layer's size.
/// </param>
internal sealed record LayerFacts(string DiffId, long TarBytes, long FileBytes);

/// <summary>Reads a layer's tar stream before containerd may unpack it, and refuses a hostile one.</summary>
/// <remarks>
/// Who guards what. containerd (archive.Apply) resolves every path inside the layer's root, follows no symbolic link
/// out of it, removes what stands in a file's way, and keeps a whiteout inside its own directory. It takes device nodes
/// and knows no limit of size or count. So here: limits of bytes, entries and compression ratio; names and link targets
/// that climb out of the root, which no honest tool writes; whiteouts of "." and ".."; block devices, and character
/// devices other than those that old base images carry. A zstd layer cannot be read here (there is no managed
/// decompressor in this program): for it containerd's own guards and the watch over the disk during unpacking must do.
/// </remarks>
internal static class LayerInspection
{
    private const string Whiteout = ".wh.";

    /// <summary>null: the packing cannot be read here.</summary>
    public static async Task<LayerFacts?> RunAsync(
        Stream blob, long blobBytes, LayerPacking packing, string layerName, CancellationToken stop)
    {
        switch (packing)
        {
            case LayerPacking.Plain:
                return await WalkAsync(blob, blobBytes, layerName, stop);
            case LayerPacking.Gzip:
                await using (var unpacked = new GZipStream(blob, CompressionMode.Decompress, leaveOpen: true))
                {
                    return await WalkAsync(unpacked, blobBytes, layerName, stop);
                }

            default:
                return null;
        }
    }

    private static async Task<LayerFacts> WalkAsync(
        Stream tar, long blobBytes, string layerName, CancellationToken stop)
    {
        long bytesMax = Math.Min(
            ImageLimits.LayerBytesMax,
            Math.Max(ImageLimits.BombFloorBytes, blobBytes * ImageLimits.CompressionRatioMax));
        await using var measured = new MeasuredStream(tar, bytesMax, $"layer {layerName}");
        await using var buffered = new BufferedStream(measured, 128 << 10);
        long fileBytes = 0;
        int entryCount = 0;
        try
        {
            var walker = new TarWalker(buffered);
            while (await walker.NextAsync(stop) is { } entry)
            {
                fileBytes += entry.Type == '2'
                    ? Encoding.UTF8.GetByteCount(entry.LinkName)
                    : entry.RealSizeBytes;
                if (++entryCount > ImageLimits.LayerEntryCountMax)
                {
                    throw Refused(layerName, $"more than {ImageLimits.LayerEntryCountMax} entries");
                }

                if (fileBytes > bytesMax)
                {
                    throw Refused(layerName, $"its files have more than {bytesMax} bytes");
                }

                if (FaultOf(entry) is { } fault)
                {
                    throw Refused(layerName, fault);
                }
            }

            // Whatever follows the end mark belongs to the digest.
            await buffered.CopyToAsync(Stream.Null, stop);
        }
        catch (InvalidDataException e)
        {
            throw new RefusedException(ErrorKind.Invalid, $"layer {layerName}: {e.Message}", e);
        }

        return new LayerFacts(measured.Digest(), measured.CountBytes, fileBytes);
    }

    /// <summary>What is wrong with an entry; null: nothing.</summary>
    internal static string? FaultOf(TarEntry entry)
    {
        if (Climbs(entry.Name))
        {
            return $"\"{entry.Name}\" is outside of the root";
        }

        if (entry.Type == '1' && Climbs(entry.LinkName))
        {
            return $"invalid hardlink \"{entry.Name}\" -> \"{entry.LinkName}\": outside of the root";
        }

        string last = entry.Name.TrimEnd('/') is var path ? path[(path.LastIndexOf('/') + 1)..] : "";
        if (last is Whiteout or Whiteout + "." or Whiteout + "..")
        {
            return $"invalid whiteout \"{entry.Name}\"";
        }

        if (entry.Name.Contains('\0') || entry.LinkName.Contains('\0'))
        {
            return "a name has a zero byte";
        }

        return entry.Type switch
        {
            '4' => $"\"{entry.Name}\" is a block device",
            '3' when !IsHarmless(entry.DeviceMajor, entry.DeviceMinor) =>
                $"\"{entry.Name}\" is the character device {entry.DeviceMajor}:{entry.DeviceMinor}",
            _ => null,
        };
    }

    // "a/../b" stays inside and is accepted, as containerd does; "a/../../b" does not.
    private static bool Climbs(string path)
    {
        int depth = 0;
        foreach (Range part in path.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> name = path.AsSpan(part);
            depth += name is "" or "." ? 0 : name is ".." ? -1 : 1;
            if (depth < 0)
            {
                return true;
            }
        }

        return false;
    }

    // Overlay whiteouts; null, zero, full, random, urandom; the terminals.
    private static bool IsHarmless(int major, int minor) => (major, minor) switch
    {
        (0, 0) => true,
        (1, 3 or 5 or 7 or 8 or 9) => true,
        (4 or 5, _) => true,
        _ => false,
    };

    private static RefusedException Refused(string layerName, string fault) =>
        new(ErrorKind.Invalid, $"layer {layerName} is refused: {fault}");
}
