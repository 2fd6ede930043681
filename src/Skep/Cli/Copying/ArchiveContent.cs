using System.Formats.Tar;
using System.Net;

namespace Skep.Cli.Copying;

/// <summary>The body of an upload: a file or directory of this machine as a tar, written while it is sent.</summary>
internal sealed class ArchiveContent : HttpContent
{
    private readonly string path;
    private readonly string name;

    /// <param name="path">What is sent; links are sent as links.</param>
    /// <param name="name">The first name in the archive.</param>
    public ArchiveContent(string path, string name)
    {
        this.path = path;
        this.name = name;
        Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-tar");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        await WriteAsync(writer, path, name, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private static async Task WriteAsync(TarWriter writer, string path, string name, CancellationToken stop)
    {
        var directory = new DirectoryInfo(path);
        bool isDirectory = directory.Exists && directory.LinkTarget is null;
        await writer.WriteEntryAsync(path, isDirectory ? name + "/" : name, stop);
        if (isDirectory)
        {
            foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos()
                .OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                await WriteAsync(writer, entry.FullName, $"{name}/{entry.Name}", stop);
            }
        }
    }
}
