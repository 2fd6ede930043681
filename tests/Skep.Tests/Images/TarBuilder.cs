using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Skep.Tests.Images;

/// <summary>Writes tar archives byte by byte, honest and hostile ones.</summary>
public sealed class TarBuilder
{
    private readonly MemoryStream archive = new();

    public TarBuilder File(string name, string content) => File(name, Encoding.UTF8.GetBytes(content));

    public TarBuilder File(string name, byte[] content) => Entry(name, '0', content: content);

    public TarBuilder Directory(string name) => Entry(name + "/", '5');

    public TarBuilder Symlink(string name, string target) => Entry(name, '2', link: target);

    public TarBuilder Hardlink(string name, string target) => Entry(name, '1', link: target);

    public TarBuilder Device(string name, char type, int major, int minor) =>
        Entry(name, type, major: major, minor: minor);

    /// <param name="claimedSize">What the header says when that is not the truth.</param>
    public TarBuilder Entry(
        string name, char type, string link = "", byte[]? content = null, int major = 0, int minor = 0,
        long? claimedSize = null)
    {
        content ??= [];
        var header = new byte[512];
        Encoding.UTF8.GetBytes(name).AsSpan(0, Math.Min(100, Encoding.UTF8.GetByteCount(name))).CopyTo(header);
        Octal(header, 100, 8, type == '5' ? 0x1ed : 0x1a4);
        Octal(header, 108, 8, 0);
        Octal(header, 116, 8, 0);
        Octal(header, 124, 12, claimedSize ?? content.Length);
        Octal(header, 136, 12, 0);
        header[156] = (byte)type;
        Encoding.UTF8.GetBytes(link).CopyTo(header, 157);
        "ustar\0"u8.CopyTo(header.AsSpan(257));
        "00"u8.CopyTo(header.AsSpan(263));
        Octal(header, 329, 8, major);
        Octal(header, 337, 8, minor);
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header, 148, 7, header.Sum(b => b));
        archive.Write(header);
        archive.Write(content);
        archive.Write(new byte[-content.Length & 511]);
        return this;
    }

    public byte[] ToBytes()
    {
        byte[] end = new byte[1024];
        return [.. archive.ToArray(), .. end];
    }

    public byte[] ToGzip() => Gzip(ToBytes());

    public static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    public static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static void Octal(byte[] header, int at, int length, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(length - 1, '0')).CopyTo(header, at);
}
