using Skep.Docker.Images;

namespace Skep.Agent.Images;

/// <summary>Bounds of what registries and archives may make this daemon do.</summary>
public static class ImageLimits
{
    /// <summary>Layers of one pull that are fetched at a time: Docker's max-concurrent-downloads.</summary>
    public const int ParallelDownloadCount = 3;

    /// <summary>Docker's max-download-attempts.</summary>
    public const int DownloadAttemptCount = 5;

    /// <summary>Bytes of one message to or from containerd's content store; its own limit is 16 MiB.</summary>
    public const int ContentChunkBytes = 1 << 20;

    /// <summary>Bytes of a registry's answer that is neither a manifest nor a blob: tokens, tags, errors.</summary>
    public const int SmallAnswerBytesMax = 4 << 20;

    /// <summary>Bytes a layer may have when unpacked; the largest layers in use have some 20 GiB.</summary>
    public const long LayerBytesMax = 64L << 30;

    /// <summary>Entries of one layer. Large distributions have some 200,000 files.</summary>
    public const int LayerEntryCountMax = 750_000;

    /// <summary>
    /// Unpacked bytes for each packed byte, once a layer is larger than <see cref="BombFloorBytes"/>.
    /// </summary>
    /// <remarks>gzip reaches 1032 on zeros; file systems that people ship stay under 20.</remarks>
    public const int CompressionRatioMax = 200;

    /// <summary>Bytes below which no layer is taken for a bomb.</summary>
    public const long BombFloorBytes = 256L << 20;

    /// <summary>Bytes that stay free on the disk: a full disk would stop containerd's database too.</summary>
    public const long DiskReserveBytes = 512L << 20;

    /// <summary>The reserve is at most this part of the disk: a twentieth.</summary>
    public const int DiskReserveDivisor = 20;

    /// <summary>Bytes of one extended header (long name, PAX record) of a tar archive.</summary>
    public const int TarExtensionBytesMax = 1 << 20;

    /// <summary>Entries of an archive given to load: blobs and small files.</summary>
    public const int ArchiveEntryCountMax = 50_000;

    /// <summary>Images in one archive given to load.</summary>
    public const int ArchiveImageCountMax = 1000;

    /// <summary>Parsed configurations kept in memory; the others are read from containerd again.</summary>
    public const int ConfigCacheCount = 256;

    /// <summary>Redirects of one request. Go's client, and so Docker's, follows ten.</summary>
    public const int RedirectCountMax = 10;

    /// <summary>Tags that "pull --all-tags" takes.</summary>
    public const int TagCountMax = 10_000;

    /// <summary>A registry that sends nothing for so long is given up on, and asked again.</summary>
    public static readonly TimeSpan StallTime = TimeSpan.FromSeconds(60);

    /// <summary>Time to connect, TLS included.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait that a registry's Retry-After can ask for.</summary>
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromSeconds(60);

    /// <summary>Time one layer may take to unpack.</summary>
    public static readonly TimeSpan UnpackTime = TimeSpan.FromMinutes(30);

    /// <summary>After it, containerd drops the lease of an operation whose daemon died and never came back.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromHours(24);

    /// <summary>Time between two progress lines of one layer.</summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    static ImageLimits()
    {
        Invariant.Holds(BombFloorBytes < LayerBytesMax);
        Invariant.Holds(ImageDocuments.ManifestBytesMax >= SmallAnswerBytesMax);
    }
}
