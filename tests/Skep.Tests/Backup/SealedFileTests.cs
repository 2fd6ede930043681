using Skep.Manager.Backup;
using Skep.Swarm;

namespace Skep.Tests.Backup;

public class SealedFileTests
{
    private const string Passphrase = "correct horse";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    public async Task What_was_sealed_is_read_again(int bytes)
    {
        byte[] content = Content(bytes);
        byte[] file = await SealAsync(content);
        Assert.Equal(content, await ReadAsync(file, Passphrase));
    }

    [Fact]
    public async Task A_wrong_passphrase_opens_nothing()
    {
        byte[] file = await SealAsync(Content(100));
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => ReadAsync(file, "wrong horse"));
        Assert.Equal(ErrorKind.Unauthorized, e.Kind);
    }

    [Fact]
    public async Task Nothing_of_the_content_stands_in_the_file()
    {
        byte[] content = Content(4096);
        byte[] file = await SealAsync(content);
        Assert.True(file.AsSpan().IndexOf(content.AsSpan(0, 8)) < 0);
    }

    [Fact]
    public async Task A_changed_or_shortened_file_is_refused_wherever_it_was_touched()
    {
        byte[] file = await SealAsync(Content(64));
        for (int at = 12; at < file.Length; at += 7)
        {
            byte[] changed = [.. file];
            changed[at] ^= 1;
            await Assert.ThrowsAsync<RefusedException>(() => ReadAsync(changed, Passphrase));
        }

        await Assert.ThrowsAsync<RefusedException>(() => ReadAsync(file[..^1], Passphrase));
        await Assert.ThrowsAsync<RefusedException>(() => ReadAsync([.. file, 0], Passphrase));
    }

    [Fact]
    public async Task The_last_piece_cannot_be_left_out()
    {
        byte[] file = await SealAsync(Content((1 << 20) + 10));
        byte[] cut = file[..^(10 + 16 + 4)];
        await Assert.ThrowsAsync<RefusedException>(() => ReadAsync(cut, Passphrase));
    }

    private static byte[] Content(int bytes)
    {
        var content = new byte[bytes];
        new Random(7).NextBytes(content);
        return content;
    }

    private static async Task<byte[]> SealAsync(byte[] content)
    {
        using var target = new MemoryStream();
        await SealedFile.WriteAsync(target, content, Passphrase, 10, CancellationToken.None);
        return target.ToArray();
    }

    private static async Task<byte[]> ReadAsync(byte[] file, string passphrase)
    {
        using var source = new MemoryStream(file);
        return await SealedFile.ReadAsync(source, passphrase, CancellationToken.None);
    }
}
