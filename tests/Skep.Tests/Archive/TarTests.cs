using System.Formats.Tar;
using System.Text;
using Skep.Agent.Archive;
using Skep.Linux.Files;

namespace Skep.Tests.Archive;

public class TarTests
{
    private static async Task<byte[]> WriteAsync(params (TarHeader Header, string Content)[] entries)
    {
        var archive = new MemoryStream();
        var output = new TarOutput(archive);
        foreach ((TarHeader header, string content) in entries)
        {
            await output.WriteHeaderAsync(header with { Size = content.Length }, default);
            await output.WriteAsync(Encoding.UTF8.GetBytes(content), default);
            await output.EndEntryAsync(default);
        }

        await output.EndAsync(default);
        return archive.ToArray();
    }

    private static async Task<List<(TarHeader Header, string Content)>> ReadAsync(byte[] archive)
    {
        var input = new TarInput(new MemoryStream(archive));
        var entries = new List<(TarHeader, string)>();
        while (await input.NextAsync(default) is { } header)
        {
            var buffer = new byte[4096];
            var content = new StringBuilder();
            int length;
            while ((length = await input.ReadAsync(buffer, default)) > 0)
            {
                content.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }

            entries.Add((header, content.ToString()));
        }

        return entries;
    }

    [Fact]
    public async Task What_is_written_is_read_again_without_loss()
    {
        var plain = new TarHeader
        {
            Name = "dir/plain",
            Type = TarHeader.Regular,
            Mode = 0x9ED,
            Uid = 1000,
            Gid = 1001,
            Modified = new UnixTime(1_600_000_000, 0),
        };
        TarHeader special = plain with
        {
            Name = "caf\uDCE9/" + new string('n', 200),
            Type = TarHeader.Link,
            LinkName = new string('l', 150),
            Uid = 4_000_000_000,
            Modified = new UnixTime(-5, 0),
            Attributes = new Dictionary<string, byte[]> { ["security.capability"] = [1, 0, 0x80, 0xFF, (byte)'\n'] },
        };
        List<(TarHeader Header, string Content)> read =
            await ReadAsync(await WriteAsync((plain, "hello"), (special, ""), (plain, new string('x', 5000))));
        Assert.Equal([5, 0, 5000], read.Select(entry => entry.Content.Length));
        Assert.Equal(plain with { Size = 5, Attributes = read[0].Header.Attributes }, read[0].Header);
        Assert.Equal(special with { Attributes = read[1].Header.Attributes }, read[1].Header);
        Assert.Equal(special.Attributes["security.capability"], read[1].Header.Attributes["security.capability"]);
    }

    [Fact]
    public async Task Another_reader_understands_what_we_write()
    {
        byte[] archive = await WriteAsync(
            (new TarHeader { Name = "ä/" + new string('n', 200), Type = TarHeader.Regular, Uid = 3_000_000 }, "one"),
            (new TarHeader { Name = "link", Type = TarHeader.Link, LinkName = "target" }, ""));
        using var reader = new TarReader(new MemoryStream(archive));
        TarEntry first = reader.GetNextEntry()!;
        Assert.Equal(("ä/" + new string('n', 200), 3_000_000, 3L), (first.Name, first.Uid, first.Length));
        TarEntry second = reader.GetNextEntry()!;
        Assert.Equal((TarEntryType.SymbolicLink, "target"), (second.EntryType, second.LinkName));
        Assert.Null(reader.GetNextEntry());
    }

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public async Task We_understand_what_others_write(TarEntryFormat format)
    {
        string name = format switch
        {
            TarEntryFormat.V7 => "short",
            TarEntryFormat.Ustar => new string('d', 90) + "/" + new string('n', 90),
            _ => new string('d', 300) + "/" + new string('n', 300),
        };
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, format, leaveOpen: true))
        {
            TarEntry entry = format switch
            {
                TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                _ => new PaxTarEntry(TarEntryType.RegularFile, name),
            };
            entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_500_000_000);
            entry.DataStream = new MemoryStream("content"u8.ToArray());
            writer.WriteEntry(entry);
        }

        (TarHeader header, string content) = Assert.Single(await ReadAsync(archive.ToArray()));
        Assert.Equal((name, "content", 1_500_000_000), (header.Name, content, header.Modified.Seconds));
    }

    [Fact]
    public async Task An_archive_that_is_cut_off_is_an_error_wherever_the_cut_is()
    {
        byte[] archive = await WriteAsync(
            (new TarHeader { Name = new string('n', 200), Type = TarHeader.Regular }, new string('x', 700)));
        foreach (int length in new[] { 1, 511, 513, 1024, 1100, 2048, 2049, 2600 })
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(archive[..length]));
        }
    }

    [Fact]
    public async Task Any_changed_bit_of_a_header_is_noticed_or_harmless()
    {
        byte[] archive = await WriteAsync((new TarHeader { Name = "name", Type = TarHeader.Regular }, "content"));
        for (int at = 0; at < 512; at++)
        {
            byte[] broken = [.. archive];
            broken[at] ^= 0x11;
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(broken));
        }
    }

    [Theory]
    [InlineData("8 path=a\n")]
    [InlineData("7 path=a\n")]
    [InlineData("99999999999999999999 path=a\n")]
    [InlineData("-9 path=a\n")]
    [InlineData("5 =a\n")]
    [InlineData("nonsense")]
    [InlineData("13 size=-100\n")]
    [InlineData("11 size=x\n")]
    [InlineData("18 mtime=12.x34\n\n\n")]
    [InlineData("28 size=9223372036854775807\n")]
    public async Task Records_that_lie_are_refused(string records)
    {
        byte[] archive = await WriteAsync(
            (new TarHeader { Name = "pax", Type = 'x' }, records), (new TarHeader { Name = "a", Type = '0' }, "x"));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(archive));
    }

    [Fact]
    public async Task A_header_that_wants_all_memory_is_refused_before_it_is_read()
    {
        byte[] archive = await WriteAsync((new TarHeader { Name = "pax", Type = 'x' }, new string('x', 2_000_000)));
        InvalidDataException refusal = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(archive));
        Assert.Equal("archive/tar: extended header too large", refusal.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000_000_000)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Large_and_negative_numbers_are_read_in_base_256(long number)
    {
        var field = new byte[12];
        field.AsSpan().Fill((byte)(number < 0 ? 0xFF : 0));
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(field.AsSpan(4), number);
        field[0] = (byte)(number < 0 ? 0xFF : 0x80);
        Assert.Equal(number, TarFormat.Number(field));
    }
}
